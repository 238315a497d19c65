"""The forms of people's requests and of legal holds."""

from typing import Any

from django import forms

from optins.models import DataSubjectRequest

Check, Refusal = DataSubjectRequest.IdentityCheck, DataSubjectRequest.Refusal
# The person's own message is for the chat to see, and nobody's to tick.
_CHECKS = [choice for choice in Check.choices if choice[0] not in (Check.NONE, Check.OWN_MESSAGE)]


def _radios(label: str, choices: Any, missing: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages={"required": missing}
    )


class OpenForm(forms.Form):
    """What a person asks for, by telephone, letter or in person."""

    kind = _radios("What do they ask for?", DataSubjectRequest.Kind.choices, "Choose one.")


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
