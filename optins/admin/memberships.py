"""Memberships: who has which role in which organisation."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from optins.admin.base import ScopedAdmin
from optins.models import Membership


def is_last_owner(membership: Membership) -> bool:
    """Whether the organisation would be left without anybody who can manage its staff."""
    owners = Membership.objects.filter(
        organisation=membership.organisation_id, role=Membership.Role.OWNER, user__is_active=True
    )
    return (
        Membership.objects.filter(pk=membership.pk, role=Membership.Role.OWNER).exists()
        and not owners.exclude(pk=membership.pk).exists()
    )


class MembershipForm(forms.ModelForm):
    class Meta:
        model = Membership
        fields = ("user", "organisation", "role")

    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        if self.instance.pk and role != Membership.Role.OWNER and is_last_owner(self.instance):
            raise forms.ValidationError("Somebody has to own the organisation: name another owner first.")
        return role


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    section = "settings"
    place = 5
    help = "Who may do what in which organisation."
    list_display = ("user", "role", "organisation")
    list_filter = ("role", "organisation")
    list_select_related = ("user", "organisation")
    form = MembershipForm
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user", "organisation") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The one thing that is deleted: whoever leaves. What they did stays in the audit."""
        allowed = self._may(request, "delete", obj)
        return allowed and not (obj is not None and is_last_owner(obj))
