"""Which requests acts answered: the one whose code was sent, or the one that a question was about."""

from django.db.models import Q, QuerySet

from optins.models import ConsentEvent, Contact


def by(contact: Contact) -> Q:
    """A condition on requests: this person answered them, whatever they said."""
    return by_acts(ConsentEvent.objects.filter(contact=contact))


def by_acts(acts: QuerySet[ConsentEvent]) -> Q:
    """The same, by any of these acts."""
    acts = acts.order_by().exclude(request=None)
    behind = acts.exclude(request__parent=None)
    return Q(pk__in=acts.values("request")) | Q(pk__in=behind.values("request__parent"))
