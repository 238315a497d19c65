from django.urls import include, path, re_path

from channels_capture import views
from channels_capture.prescribed_form.views import form
from channels_capture.qr_code.views import opening

urlpatterns = [
    path("hooks/<str:public_id>/", views.hook, name="hook"),
    path("hooks/<str:public_id>/<str:key>/", views.hook, name="hook"),
    path("c/<slug:slug>/", views.page, name="page"),
    path("c/<slug:slug>/form/", form, name="prescribed_form"),
    path("desk/", include("channels_capture.desk.urls")),
    # In a QR code the whole address is in capitals.
    re_path(r"^[qQ]/(?P<code>[^/]{1,40})/?$", opening, name="opening"),
]
