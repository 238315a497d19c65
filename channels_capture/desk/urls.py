"""Below ``/desk/``."""

from django.urls import path

from channels_capture.desk import kiosk, offline, views

urlpatterns = [
    path("", views.home, name="desk"),
    path("app/", offline.app, name="desk_app"),
    path("manifest.webmanifest", offline.manifest, name="desk_manifest"),
    path("worker.js", offline.worker, name="desk_worker"),
    path("devices/", offline.register, name="desk_devices"),
    path("stock/", offline.stock, name="desk_stock"),
    path("entries/", offline.upload, name="desk_entries"),
    path("kiosk/<str:token>/", kiosk.page, name="desk_kiosk"),
    path("at/<slug:slug>/", views.capture, name="desk_capture"),
    path("at/<slug:slug>/kiosk/", kiosk.start, name="desk_kiosk_start"),
]
