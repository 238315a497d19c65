"""A page for staff: what would a message do on this channel, and why? Nothing is kept, sent or changed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from channels_capture import dialogue, moves
from channels_capture.base import Message
from channels_capture.situation import Reader
from optins.admin.base import visible
from optins.admin.pages import page
from optins.consent import keywords, texts, wording
from optins.consent.signal import whatsapp
from optins.consent.stop_words import Heard
from optins.models import CaptureChannel

# Nobody: no person has such an id.
_NOBODY = whatsapp(bsuid="XX.nobody")
_ASKED = {
    "keep": "Confirms the stop and offers to keep {titles}, which takes a tap of theirs.",
    "scope": "Asks one question: whether everything else is to stop as well.",
    "consent": "Asks whether they may be messaged about {titles}. Nothing is agreed to before they answer.",
    "was_that_you": "Asks whether it was them who typed the number.",
    "forget": "Asks whether everything about them is to be erased.",
}


class WordsForm(forms.Form):
    """One message, and who writes it."""

    text = forms.CharField(label="The message", max_length=1000, strip=False)
    language = forms.ChoiceField(label="The person’s language")
    agreed = forms.BooleanField(label="They have agreed to everything before", required=False, initial=True)

    def __init__(self, channel: CaptureChannel, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = list(dict.fromkeys((*channel.organisation.languages, *keywords.languages())))
        self.fields["language"].choices = [(code, texts.name(code)) for code in usual]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Tried:
    """What the message would do, sentence by sentence, and how near it came to a stop."""

    does: list[str]
    heard: Heard


def try_words_view(screen: ModelAdmin, request: HttpRequest, channel_id: int) -> HttpResponse:
    rows = visible(CaptureChannel.objects.select_related("organisation", "sender", "notice"), request)
    channel = rows.filter(pk=channel_id).first()
    if channel is None:
        raise Http404
    form = WordsForm(channel, request.POST if request.method == "POST" else None)
    tried = None
    if form.is_valid():
        values = form.cleaned_data
        tried = _try(channel, values["text"], values["language"], values["agreed"], timezone.now())
    context = {"title": "Try words", "channel": channel, "form": form, "tried": tried}
    return page(screen, request, "admin/channel/words.html", **context)


def _try(channel: CaptureChannel, text: str, language: str, agreed: bool, now: datetime) -> Tried:
    message = Message(id="", identifiers=_NOBODY, occurred_at=now, text=text)
    reader = Reader(channel, message, now, now, language=language)
    allowed = tuple(purpose.key for purpose in reader.every) if agreed else ()
    actions = dialogue.decide(replace(reader.read().situation, allowed=allowed))
    does = [sentence for action in actions for sentence in _told(action, reader)]
    return Tried(does or ["Nothing: it is left to whoever answers the chat."], reader.hearing.heard())


def _told(action: moves.Action, reader: Reader) -> Iterator[str]:
    """What one action does, in a sentence."""
    named = set(getattr(action, "purposes", ()))
    rows = tuple(purpose for purpose in reader.every if purpose.key in named)
    titles = wording.titles(rows, texts.DEFAULT)
    match action:
        case moves.Stop():
            yield f"Stops {titles} at once." if rows else "Stops everything at once."
        case moves.NotMe():
            yield "Ends everything for this number at once, and keeps that in mind."
        case moves.Doubt():
            yield "Goes to review, and marketing waits until staff have decided. A stranger’s is left alone."
        case moves.LeaveInPeace():
            yield "From now on nobody tries to win them back."
        case moves.Ask(kind):
            yield _ASKED.get(kind, "Asks.").format(titles=titles)
        case moves.Say(key):
            told = texts.text(key, reader.language, organisation=reader.organisation.name, titles=titles)
            yield f"Answers: “{told}”"
        case moves.Give() | moves.Refuse():
            yield f"Records the person’s answer about {titles}."
        case _:
            yield "Goes on with what the code or the question was about."
