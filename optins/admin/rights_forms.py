"""The forms of people's requests and of legal holds."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from optins.models import DataSubjectRequest

_LONGEST_AGO = timedelta(days=366)
Check, Refusal = DataSubjectRequest.IdentityCheck, DataSubjectRequest.Refusal
# The person's own message is for the chat to see, and nobody's to tick.
_CHECKS = [choice for choice in Check.choices if choice[0] not in (Check.NONE, Check.OWN_MESSAGE)]


def _radios(label: str, choices: Any, missing: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages={"required": missing}
    )


class OpenForm(forms.Form):
    """What a person asks for, by telephone, letter or in person, and when it arrived.

    ``today``: in the organisation's own time zone.
    """

    kind = _radios("What do they ask for?", DataSubjectRequest.Kind.choices, "Choose one.")
    arrived = forms.DateField(
        label="On which day did it arrive?",
        required=False,
        input_formats=["%Y-%m-%d"],
        help_text="The day that the letter or call came in: the time to answer runs from then. Empty: today.",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Write the day as 2026-11-20."},
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"arrived": today.isoformat()})
        self.today = today

    def clean_arrived(self) -> date:
        arrived: date = self.cleaned_data["arrived"] or self.today
        if arrived > self.today:
            raise ValidationError("That day is yet to come.")
        if arrived < self.today - _LONGEST_AGO:
            raise ValidationError("That is more than a year ago. If it is right, answer it at once.")
        return arrived


class IdentityForm(forms.Form):
    how = _radios("How did you see that it is them?", _CHECKS, "Say how you saw that it is them.")


class RefuseForm(forms.Form):
    reason = forms.ChoiceField(
        label="Why?",
        choices=[("", "Choose a reason"), *(choice for choice in Refusal.choices if choice[0])],
        error_messages={"required": "Say why it is refused."},
    )


class HoldForm(forms.Form):
    reason = forms.CharField(
        label="For which matter?",
        max_length=200,
        help_text="Its number, for example: case 14/2026. No name, no telephone number, nothing on health.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say for which matter."},
    )
