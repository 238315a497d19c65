"""Notices: what one is called, and the countries whose people it is for."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from optins.admin.base import ScopedAdmin
from optins.consent import countries
from optins.models import Notice, NoticeVersion


class NoticeForm(forms.ModelForm):
    """Countries are typed as codes: a list of all of them would be longer than the page."""

    countries = forms.CharField(
        label="For people in these countries",
        required=False,
        max_length=400,
        help_text="Codes such as “KE, DE”. The wording is then checked against the law of each, besides that "
        "of the organisation's own country: the strictest holds.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["countries"] = ", ".join(self.instance.countries)

    def clean_countries(self) -> list[str]:
        try:
            return countries.read(self.cleaned_data["countries"])
        except countries.CountryError as error:
            raise ValidationError(str(error)) from error


@admin.register(Notice)
class NoticeAdmin(ScopedAdmin):
    section = "wording"
    place = 1
    label = "Opt-in wording"
    help = "What people are shown before they agree. Each notice goes through versions."
    empty = "No wording yet. Add a notice, then write its first version."
    form = NoticeForm
    list_display = ("name", "organisation", "readers", "shown_now")
    fields = ("organisation", "name", "countries")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("organisation").prefetch_related("versions")

    @admin.display(description="For people in")
    def readers(self, notice: Notice) -> str:
        own = notice.organisation.country
        return ", ".join(countries.name(code) for code in dict.fromkeys([own, *notice.countries]))

    @admin.display(description="Shown now")
    def shown_now(self, notice: Notice) -> str:
        shown = [one for one in notice.versions.all() if one.status == NoticeVersion.Status.PUBLISHED]
        return f"Version {shown[0].number}" if shown else "Nothing: no version is published"
