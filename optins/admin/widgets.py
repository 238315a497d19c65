"""Form widgets that Django's own leave without a label."""

from typing import Any

from django import forms


class Moment(forms.DateTimeInput):
    """A date and a time in one labelled field, with the browser's own calendar; Django's has two without."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"step": "1", **(attrs or {})}, format="%Y-%m-%dT%H:%M:%S")
