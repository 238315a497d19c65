"""A page of a screen that is no list and no form of Django's own."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.template.response import TemplateResponse


def page(screen: ModelAdmin, request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
    """The template with what each page of the portal shows, and this screen's own."""
    own = {"opts": screen.opts, "media": screen.media}
    return TemplateResponse(request, template, {**screen.admin_site.each_context(request), **own, **context})
