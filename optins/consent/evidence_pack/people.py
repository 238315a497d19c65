"""Whose packs make up the proof of a channel or a source."""

from django.db.models import Q, QuerySet

from optins.models import CaptureChannel, ConsentEvent, Contact, Placement


def contacts_by(channel: CaptureChannel, source: Placement | None = None) -> QuerySet[Contact]:
    """Everybody with an act that this channel asked for or took in; with ``source``, by that source of it."""
    acts = ConsentEvent.objects.filter(organisation=channel.organisation_id)
    if source:
        acts = acts.filter(Q(placement=source) | Q(request__placement=source))
    else:
        acts = acts.filter(Q(channel=channel) | Q(request__channel=channel))
    rows = Contact.objects.filter(pk__in=acts.values("contact"))
    return rows.select_related("organisation").order_by("pk")
