"""Staff: the people who can sign in here."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from optins import audit, roles
from optins.admin import second_factor
from optins.admin.base import ScopedAdmin, visible
from optins.models import AuditEntry, Authenticator, Membership, Organisation, User

# What staff may do follows from their memberships, not from groups; nobody reads a device's secret.
for model in (Group, StaticDevice, TOTPDevice):
    admin.site.unregister(model)


class NewColleagueForm(UserCreationForm):
    """A new colleague belongs somewhere: without a membership nobody could see them."""

    role = forms.ChoiceField(choices=Membership.Role.choices, initial=Membership.Role.VIEWER)

    class Meta(UserCreationForm.Meta):
        model = User
        fields = ("username", "first_name", "last_name", "email")


@admin.register(User)
class StaffAdmin(ScopedAdmin, UserAdmin):
    """Colleagues. Only who owns all of their organisations may change them: a password set by the owner
    of one would open the others too."""

    section = "settings"
    place = 4
    label = "Staff"
    help = "Colleagues who can sign in here. Their roles say what they may do."
    list_display = (
        "username",
        "name",
        "roles_here",
        "has_second_factor",
        "is_active",
        "last_login",
    )
    list_filter = ("is_active",)
    form = forms.ModelForm
    add_form = NewColleagueForm
    add_form_template = None
    fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email", "phone", "roles_here")}),
        (
            "Signing in",
            {"fields": ("is_active", "password_page", "has_second_factor", "last_login", "date_joined")},
        ),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email", "organisation", "role")}),
        ("Signing in", {"fields": ("password1", "password2")}),
    )
    filter_horizontal = ()
    actions = ("remove_second_factor",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        devices = Authenticator.objects.filter(user=OuterRef("pk"), confirmed=True)
        # A colleague's roles elsewhere are nobody's business here.
        here = visible(Membership.objects.select_related("organisation"), request, "view_user")
        rows = super().get_queryset(request).annotate(second_factor=Exists(devices))
        return rows.prefetch_related(Prefetch("memberships", here, to_attr="memberships_here"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        shown = ("roles_here", "password_page", "has_second_factor", "last_login", "date_joined")
        return (*shown, "is_active") if obj and obj.pk == request.user.pk else shown

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            own = visible(Organisation.objects.all(), request, "add_user")
            field = forms.ModelChoiceField(own, initial=own.first())
            kwargs["form"] = type("NewColleagueHereForm", (self.add_form,), {"organisation": field})
        return super().get_form(request, obj, change=change, **kwargs)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request)  # the queryset has only colleagues

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request)
        return allowed and (obj is None or _answers_for(request.user, obj))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            values = form.cleaned_data
            Membership.objects.create(user=obj, organisation=values["organisation"], role=values["role"])

    def note(self, request: HttpRequest, obj: Any, detail: dict[str, Any]) -> None:
        for key in obj.memberships.filter(organisation__closed_at=None).values_list(
            "organisation", flat=True
        ):
            audit.note(request.user, key, AuditEntry.Action.CHANGED, obj, detail=detail)

    @admin.display(description="Name", ordering="last_name")
    def name(self, user: Any) -> str:
        return user.get_full_name()

    @admin.display(description="Roles")
    def roles_here(self, user: Any) -> str:
        rows = getattr(user, "memberships_here", ())
        return ", ".join(f"{row.role.capitalize()} at {row.organisation}" for row in rows)

    @admin.display(description="Second factor", boolean=True)
    def has_second_factor(self, user: Any) -> bool:
        return getattr(user, "second_factor", False)

    @admin.display(description="Password")
    def password_page(self, user: Any) -> str:
        page = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a href="{}">Set a new password</a>', page)

    @admin.action(description="Let them set up the second factor anew", permissions=["change"])
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet) -> None:
        for user in queryset:
            if not self.has_change_permission(request, user):
                messages.error(request, f"{user} also works elsewhere: only they can change this.")
                continue
            second_factor.remove(user)
            self.note(request, user, {"fields": ["second factor"]})
            messages.success(request, f"{user} sets up the second factor at the next sign-in.")


def _answers_for(owner: Any, user: Any) -> bool:
    """Whether all the organisations of a user are the owner's own."""
    theirs = set(user.memberships.filter(organisation__closed_at=None).values_list("organisation", flat=True))
    founds = user.is_superuser and not owner.is_superuser
    return bool(theirs) and theirs <= roles.reach(owner, "change_user") and not founds
