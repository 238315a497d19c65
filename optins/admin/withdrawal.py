"""Recording, on somebody's behalf, that they want no more messages. Never that they want some."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction

from optins import audit, tasks
from optins.consent import withdrawals
from optins.consent.recording import Recorded
from optins.models import AuditEntry, ConsentEvent, Contact, Purpose

EVERYTHING, SOME = "everything", "some"


class WithdrawalForm(forms.Form):
    """What they want no more, and where they said so. The form's own id makes a second click the same act."""

    scope = forms.ChoiceField(
        label="What do they want to stop?",
        choices=[(EVERYTHING, "Everything: no messages at all"), (SOME, "Only what is ticked here")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )
    purposes = forms.ModelMultipleChoiceField(
        Purpose.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, label="Only these"
    )
    where = forms.CharField(
        label="Where did they say it?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say where: it is the evidence."},
        help_text="For example: by telephone to the front desk, this morning. It is kept as evidence.",
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, contact: Contact, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["purposes"]
        field.queryset = Purpose.objects.filter(organisation=contact.organisation_id)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("scope") == SOME and not values.get("purposes"):
            self.add_error("purposes", "Tick at least one, or choose everything.")
        return values

    @property
    def chosen(self) -> tuple[Purpose, ...]:
        """The purposes that stop; an empty tuple is everything."""
        values = self.cleaned_data
        return () if values["scope"] == EVERYTHING else tuple(values["purposes"])


@transaction.atomic
def withdraw(
    contact: Contact, user: Any, purposes: tuple[Purpose, ...], where: str, *, form_id: str, now: datetime
) -> Recorded:
    """Record it through the one door. What was said stands in the evidence; the ledger has no free text."""
    recorded = withdrawals.withdraw(
        contact,
        purposes,
        now,
        actor=ConsentEvent.Actor.STAFF,
        actor_reference=f"user:{user.pk}",
        door=ConsentEvent.Door.ADMIN,
        connection=f"contact:{contact.uuid}",
        id=form_id,
        evidence={"where": where, "recorded_by": f"user:{user.pk}"},
    )
    if recorded.is_new:
        what = [purpose.key for purpose in purposes] or EVERYTHING
        audit.note(
            user, contact.organisation_id, AuditEntry.Action.WITHDREW, contact, detail={"purposes": what}
        )
        transaction.on_commit(tasks.nudge)
    return recorded
