from typing import Any

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from optins.api import consents, gate, openapi  # noqa: F401  openapi describes the authentication

_OPEN: dict[str, Any] = {"authentication_classes": [], "permission_classes": []}
_DOCS = _OPEN | {"url_name": "openapi", "template_name": "api/docs.html"}

urlpatterns = [
    path("gate", gate.ask, name="gate"),
    path("consents", consents.Consents.as_view(), name="consents"),
    path("openapi.json", SpectacularJSONAPIView.as_view(**_OPEN), name="openapi"),
    path("docs/", SpectacularSwaggerSplitView.as_view(**_DOCS), name="docs"),
]
