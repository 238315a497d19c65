"""Whose packs make up the proof of a channel, of a source or of a campaign."""

from django.db.models import Q, QuerySet

from optins.models import CaptureChannel, ConsentEvent, Contact, Organisation, Placement


def contacts_by(channel: CaptureChannel, source: Placement | None = None) -> QuerySet[Contact]:
    """Everybody with an act that this channel asked for or took in; with ``source``, by that source of it."""
    if source:
        return _with_acts(channel.organisation, Q(placement=source) | Q(request__placement=source))
    return _with_acts(channel.organisation, Q(channel=channel) | Q(request__channel=channel))


def contacts_by_campaign(organisation: Organisation, campaign: str) -> QuerySet[Contact]:
    """Everybody with an act by a source of this campaign, on whichever channel; its name is taken exactly."""
    sources = Placement.objects.filter(channel__organisation=organisation, campaign=campaign)
    return _with_acts(organisation, Q(placement__in=sources) | Q(request__placement__in=sources))


def _with_acts(organisation: Organisation, which: Q) -> QuerySet[Contact]:
    acts = ConsentEvent.objects.filter(which, organisation=organisation)
    rows = Contact.objects.filter(pk__in=acts.values("contact"))
    return rows.select_related("organisation").order_by("pk")
