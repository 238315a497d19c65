from django.urls import path

from channels_capture import views

urlpatterns = [
    path("hooks/<str:public_id>/", views.hook, name="hook"),
    path("c/<slug:slug>/", views.page, name="page"),
]
