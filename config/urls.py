"""Every public address. Keep these names: other systems use them."""

from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("optins.api.urls")),
    path("", include("channels_capture.urls")),
    path("", include("optins.pages.urls")),
]
