"""Evidence packs of many people in one streamed file: of a channel, of one source of it, of a campaign."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import slugify

from optins import audit, roles
from optins.admin.packs import ReasonForm, headers
from optins.admin.pages import page
from optins.consent import evidence_pack
from optins.models import AuditEntry, CaptureChannel, Contact, Organisation, Placement

_NEEDED = ("see_evidence", "export")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose packs, by what (a channel, or nothing of the portal's own), and how the audit calls it."""

    organisation: Organisation
    people: QuerySet[Contact]
    name: str
    detail: dict[str, str]
    about: Model | None = None


class PacksForm(ReasonForm):
    """Whose packs, of those whose acts came by one channel, and why."""

    source = forms.ModelChoiceField(
        Placement.objects.none(), required=False, empty_label="All of them", label="Which source?"
    )
    field_order = ("source", "reason")

    def __init__(self, channel: CaptureChannel, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Placement.objects.filter(channel=channel).order_by("label")
        self.fields["source"].queryset = rows  # type: ignore[attr-defined]


class CampaignForm(ReasonForm):
    """Of which campaign, among those of the organisations where the user may, and why."""

    campaign = forms.ChoiceField(label="Which campaign?")
    field_order = ("campaign", "reason")

    def __init__(self, campaigns: dict[str, tuple[Organisation, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        several = len({organisation for organisation, _name in campaigns.values()}) > 1
        self.fields["campaign"].choices = [  # type: ignore[attr-defined]
            (key, f"{name} ({organisation})" if several else name)
            for key, (organisation, name) in campaigns.items()
        ]


def may_pack(user: Any, organisation: Organisation) -> bool:
    """Whoever may both see evidence and export."""
    return all(roles.may(user, needed, organisation) for needed in _NEEDED)


def channel_packs_view(admin: Any, request: HttpRequest, channel_id: int) -> HttpResponseBase:
    """One zip of packs, streamed, of everybody whose acts came by a channel, or by one source of it."""
    channel = get_object_or_404(admin.get_queryset(request), pk=channel_id)
    if not may_pack(request.user, channel.organisation):
        raise PermissionDenied
    form = PacksForm(channel, request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _streamed(request, _by_channel(channel, form.cleaned_data["source"]), form)
    count = evidence_pack.contacts_by(channel).count()
    return _ask(
        admin,
        request,
        form,
        lead=f"One pack for each of the {count} {_people(count)} whose yes or no ‘{channel}’ asked for or "
        "took in, in one file.",
        back=reverse("admin:optins_capturechannel_change", args=[channel.pk]),
        back_name=str(channel),
        command=f"--channel {channel.slug}",
    )


def campaign_packs_view(admin: Any, request: HttpRequest) -> HttpResponseBase:
    """The same of everybody whose acts came by a source of one campaign, on whichever channel."""
    if not all(roles.may_somewhere(request.user, needed) for needed in _NEEDED):
        raise PermissionDenied
    campaigns = _campaigns(request)
    posted = request.POST if request.method == "POST" else None
    form = CampaignForm(campaigns, posted, initial={"campaign": request.GET.get("campaign", "")})
    if form.is_valid():
        return _streamed(request, _by_campaign(*campaigns[form.cleaned_data["campaign"]]), form)
    return _ask(
        admin,
        request,
        form,
        lead="One pack for each person whose yes or no came by a source of the campaign, in one file.",
        back=reverse("admin:optins_placement_changelist"),
        back_name="",
        command="--campaign NAME",
    )


def key_of(source: Placement) -> str:
    """How the address of the page names the campaign of a source; empty where it has none."""
    return f"{source.channel.organisation_id}/{source.campaign}" if source.campaign else ""


def _campaigns(request: HttpRequest) -> dict[str, tuple[Organisation, str]]:
    """Those of the organisations where the user may pack, by key."""
    may = roles.reach(request.user, "see_evidence") & roles.reach(request.user, "export")
    rows = Placement.objects.filter(channel__organisation__in=may).exclude(campaign="")
    sources = rows.select_related("channel__organisation").order_by("campaign", "channel__organisation")
    return {key_of(source): (source.channel.organisation, source.campaign) for source in sources}


def _by_channel(channel: CaptureChannel, source: Placement | None) -> Wanted:
    return Wanted(
        channel.organisation,
        evidence_pack.contacts_by(channel, source),
        f"{channel.slug}-{source.code}" if source else channel.slug,
        {"source": source.code if source else ""},
        channel,
    )


def _by_campaign(organisation: Organisation, campaign: str) -> Wanted:
    people = evidence_pack.contacts_by_campaign(organisation, campaign)
    name = slugify(audit.without_numbers(campaign)) or "campaign"
    return Wanted(organisation, people, name, {"campaign": audit.without_numbers(campaign)})


def _streamed(request: HttpRequest, wanted: Wanted, form: ReasonForm) -> StreamingHttpResponse:
    """Noted first: who asked, why, and how many leave."""
    now = timezone.now()
    detail = {"what": "evidence packs", **wanted.detail, "people": wanted.people.count()}
    reason = form.cleaned_data["reason"]
    audit.note(request.user, wanted.organisation, AuditEntry.Action.EXPORTED, wanted.about, reason, detail)
    asked = evidence_pack.Asked(wanted.organisation, now)
    packs = evidence_pack.packs(wanted.people.iterator(chunk_size=100), asked)
    name = f"evidence-{wanted.name}-{now:%Y-%m-%d}.zip"
    return StreamingHttpResponse(evidence_pack.streamed(packs, now), headers=headers(name))


def _ask(
    admin: Any, request: HttpRequest, form: ReasonForm, *, command: str, **told: str
) -> HttpResponseBase:
    note = format_html(
        "Many packs take a while: the file grows while it is made. For tens of thousands of people use "
        "<code>manage.py evidence_pack {}</code>.",
        command,
    )
    values = {"title": "Evidence packs", "button": "Make the packs", "note": note, "form": form, **told}
    return page(admin, request, "admin/ask.html", **values)


def _people(count: int) -> str:
    return "person" if count == 1 else "people"
