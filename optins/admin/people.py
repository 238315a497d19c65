"""Contacts: the list, the look-up, one person's page, and a withdrawal on their behalf."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_post_parameters

from optins import audit, roles
from optins.admin import look_up, person
from optins.admin.base import ReadOnlyAdmin
from optins.admin.declared import declared_view
from optins.admin.eyes import Eyes, EyesOf, reference
from optins.admin.packs import PackViews
from optins.admin.withdrawal import WithdrawalForm, withdraw
from optins.models import AuditEntry, ConsentRecord, Contact, Suppression

Action = AuditEntry.Action


@admin.register(Contact)
class ContactAdmin(PackViews):
    """No search box: its words would stand in the address, and a number never does."""

    section = "people"
    place = 1
    help = "Everybody who has said yes or no, by what a platform knows of them."
    empty = "Nobody has opted in yet. People appear here when they send their first yes or no."
    list_display = ("person", "says", "language")  # and two that depend on who looks
    list_filter = ("is_test",)
    list_per_page = 50
    list_max_show_all = 50
    change_list_template = "admin/person/list.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("look-up/", view(self.look_up_view), name="optins_contact_look_up"),
            path("<int:contact_id>/withdraw/", view(self.withdraw_view), name="optins_contact_withdraw"),
            path(
                "<int:contact_id>/declared/",
                view(partial(declared_view, self)),
                name="optins_contact_declared",
            ),
            *self.pack_urls(),
            *super().get_urls(),
        ]

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related("organisation")
        records = ConsentRecord.objects.select_related("purpose").order_by("purpose__position", "purpose")
        return rows.prefetch_related("identifiers", Prefetch("records", records))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The columns, with what a platform knows of the person as this user may see it."""
        eyes = EyesOf(request.user)

        def known_as(contact: Contact) -> SafeString:
            return eyes[contact.organisation].known_as(contact)

        @admin.display(description="First heard of", ordering="created_at")
        def since(contact: Contact) -> SafeString:
            return eyes[contact.organisation].time(contact.created_at)

        person, says, language = super().get_list_display(request)
        return [person, known_as, says, language, since]

    @admin.display(description="Person", ordering="uuid")
    def person(self, contact: Contact) -> str:
        test = " (test)" if contact.is_test else ""
        return f"{reference(contact.uuid)}{test}"

    @admin.display(description="Says")
    def says(self, contact: Contact) -> SafeString:
        told = (_said(record) for record in contact.records.all())
        return format_html_join(" ", '<span class="badge {}">{}: {}</span>', told)

    # Looking somebody up

    @method_decorator(sensitive_post_parameters("q"))
    def look_up_view(self, request: HttpRequest) -> HttpResponse:
        """What was typed stands in no address, no log and no audit: it comes in the body of a POST."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        typed = request.POST.get("q", "")
        found = look_up.find(request.user, typed) if typed.strip() else {}
        for organisation, answer in found.items():
            detail = {"by": answer.by, "found": len(answer.contacts)}
            audit.note(request.user, organisation, Action.LOOKED_UP, detail=detail)
        people = [contact for answer in found.values() for contact in answer.contacts]
        if len(people) == 1 and any(answer.is_whole for answer in found.values()):
            return HttpResponseRedirect(_address_of(people[0]))
        context = {
            "title": "Look somebody up",
            "typed": typed,
            "was_asked": bool(found),
            "people": [_row(contact, request.user) for contact in people[: look_up.MOST]],
            "has_more": len(people) > look_up.MOST,
            "needs_whole": not roles.may_somewhere(request.user, "see_numbers"),
            "suppressed": {name for answer in found.values() for name in answer.suppressed},
        }
        return self._page(request, "look_up", context)

    # One person

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        contact = self.get_object(request, object_id)
        if contact is None:
            messages.warning(request, "There is no such person.")
            return HttpResponseRedirect(reverse("admin:index"))
        if request.method != "GET" or not self.has_view_permission(request, contact):
            raise PermissionDenied
        audit.note(request.user, contact.organisation_id, Action.VIEWED, contact)
        context = person.context(request, contact, timezone.now())
        return self._page(request, "page", context | {"title": f"Person {reference(contact.uuid)}"})

    def withdraw_view(self, request: HttpRequest, contact_id: int) -> HttpResponse:
        """The form, then a page to confirm it, then the act. Nothing here can give consent."""
        contact = get_object_or_404(self.get_queryset(request), pk=contact_id)
        if not roles.may(request.user, "record_withdrawal", contact.organisation) or contact.erased_at:
            raise PermissionDenied
        form = WithdrawalForm(contact, request.POST if request.method == "POST" else None)
        is_ready = form.is_valid() and "back" not in request.POST
        if is_ready and "confirm" in request.POST:
            values = form.cleaned_data
            withdraw(
                contact,
                request.user,
                form.chosen,
                values["where"],
                form_id=str(values["form_id"]),
                now=timezone.now(),
            )
            messages.success(request, "Recorded. The gate says no at once, and each sender is being told.")
            return HttpResponseRedirect(_address_of(contact))
        eyes = Eyes.of(request.user, contact.organisation)
        context = {
            "title": "Record a withdrawal",
            "contact": contact,
            "reference": reference(contact.uuid),
            "known_as": eyes.known_as(contact),
            "form": form,
            "is_ready": is_ready,
            "chosen": form.chosen if is_ready else (),
        }
        return self._page(request, "withdraw", context)

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> TemplateResponse:
        own = {"opts": self.opts, "media": self.media}
        values = {**self.admin_site.each_context(request), **own, **context}
        return TemplateResponse(request, f"admin/person/{name}.html", values)


def _said(record: ConsentRecord) -> tuple[str, str, str]:
    """Tone, word and purpose: what the events add up to, whatever time has done to it since."""
    title = record.purpose.title("en")
    if record.grant_id is None:
        return ("bad", "No", title) if record.stop_id else ("", "Nothing", title)
    if record.purpose.requires_confirmation and record.proof_id is None:
        return "wait", "Unconfirmed", title
    return "good", "Yes", title


def _row(contact: Contact, user: Any) -> dict[str, Any]:
    eyes = Eyes.of(user, contact.organisation)
    return {
        "reference": reference(contact.uuid),
        "url": _address_of(contact),
        "known_as": eyes.known_as(contact),
        "since": eyes.time(contact.created_at),
        "is_test": contact.is_test,
    }


def _address_of(contact: Contact) -> str:
    return reverse("admin:optins_contact_change", args=[contact.pk])


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    section = "people"
    place = 6
    help = "Numbers that must stay stopped, kept only as digests, also after erasure."
    empty = "Nothing is suppressed."
    list_display = ("reason", "scope", "purpose", "created_at")
    list_filter = ("reason", "scope")
    exclude = ("digest", "key")
