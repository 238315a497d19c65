"""Why a person may or may not be messaged, in a sentence that staff can say to them."""

from optins.admin.eyes import Eyes
from optins.consent.standing import Reason, Standing
from optins.models import CaptureChannel, ConsentEvent, Purpose

Kind, Why = ConsentEvent.Kind, ConsentEvent.Reason
_PLACES = {"website": "on the page", "whatsapp_thread": "in the chat"}
_PROOFS = {"whatsapp_thread": "proved from WhatsApp"}

# The gate's reasons as short answers to "May we?".
ANSWERS = {
    Reason.UNKNOWN_PURPOSE: "There is no such purpose.",
    Reason.UNKNOWN_SENDER: "This WhatsApp number is switched off.",
    Reason.ERASED: "The person was erased.",
    Reason.SUPPRESSED: "The number is suppressed.",
    Reason.UNKNOWN_CONTACT: "This WhatsApp number does not know the person.",
    Reason.AMBIGUOUS_IDENTITY: "It is not clear who this is.",
    Reason.SESSION: "They wrote within the last 24 hours.",
    Reason.WINDOW_CLOSED: "They have not written within the last 24 hours.",
    Reason.MARKETING_STOPPED: "They stopped marketing in WhatsApp itself, or may have: staff decide that.",
    Reason.STOPPED_AT_SENDER: "The platform says no.",
    Reason.NO_RECORD: "They have said nothing about it.",
    Reason.REFUSED: "They said no.",
    Reason.WITHDRAWN: "They stopped it.",
    Reason.INVALIDATED: "What was recorded does not count any more.",
    Reason.UNCONFIRMED: "They have not confirmed it from their own WhatsApp.",
    Reason.EXPIRED: "Their yes has run out.",
    Reason.NOTICE_CHANGED: "The wording has changed since they agreed.",
    Reason.UNDER_AGE: "They are under age, and nobody who may has agreed for them.",
    Reason.NUMBER_STALE: "Nothing has reached their number for long: it waits until they write.",
    Reason.QUIET_HOURS: "It is not an hour for marketing where they are.",
    Reason.CONSENT: "They said yes.",
}


def answer(reason: Reason) -> str:
    return ANSWERS.get(reason) or f"{reason.replace('_', ' ').capitalize()}."


def of(purpose: Purpose, standing: Standing, eyes: Eyes) -> str:
    """One sentence with its reason: ``May be messaged about …: said yes on …``."""
    may = "May be messaged" if standing.allowed else "May not be messaged"
    sentence = f"{may} about {purpose.title('en')}: {_because(standing, eyes)}."
    if standing.allowed and standing.valid_until:
        sentence += f" It runs out on {eyes.day(standing.valid_until)}."
    return sentence


def _because(standing: Standing, eyes: Eyes) -> str:
    event = standing.event
    if event is None:
        return "has said nothing about it"
    if event.kind != Kind.GIVEN:
        return stopped(event, eyes)
    said_yes = f"said yes on {eyes.day(event.occurred_at)}{where(event)}"
    return said_yes + {
        Reason.CONSENT: f", {proof(event)}" if event.proved else ", reported by others",
        Reason.UNCONFIRMED: ", but has not confirmed it from their own WhatsApp",
        Reason.EXPIRED: ", which has run out",
        Reason.UNDER_AGE: ", but is under age, and nobody who may has agreed for them",
        Reason.NUMBER_STALE: ", but nothing has reached their number for long",
        Reason.NOTICE_CHANGED: ", but the wording has changed since and needs their yes again",
    }.get(standing.reason, "")


def asked_by(event: ConsentEvent) -> CaptureChannel | None:
    """The channel that put it to the person; the answer may have come in over another."""
    return event.request.channel if event.request else event.channel


def where(event: ConsentEvent) -> str:
    channel = asked_by(event)
    return f" {_PLACES.get(channel.kind, 'through')} ‘{channel.name}’" if channel else ""


def proof(event: ConsentEvent) -> str:
    return _PROOFS.get(event.channel.kind if event.channel else "", "proved by their own message")


def stopped(event: ConsentEvent, eyes: Eyes) -> str:
    """What a stop was: ``stopped everything on … by sending STOP``."""
    on = f"on {eyes.day(event.occurred_at)}"
    what = "this" if event.purpose_id else "everything"
    asked = f"asked us to stop {what} {on}"
    told = {
        Why.STOP_WORD: f"stopped {what} {on} by sending STOP",
        Why.SAID_NO: f"said no {on}{where(event)}",
        Why.NOT_ME: f"said {on} that it was not them",
        Why.REQUESTED: f"{asked}, recorded by staff"
        if event.actor == ConsentEvent.Actor.STAFF
        else f"{asked}, reported by {event.get_door_display()}",
        Why.NUMBER_CHANGED: f"the number changed hands {on}",
        Why.MISTAKE: f"it was recorded by mistake and taken back {on}",
        Why.SUPPRESSED: f"the number was stopped for good {on}, before it came back",
        Why.REGISTRY: f"the number has stood on an official opt-out list since {eyes.day(event.occurred_at)}",
        Why.LINKED: f"somebody who may be the same person stopped {what} {on}",
        Why.ERASURE: f"was erased {on} at their own request",
    }
    otherwise = {Kind.REFUSED: f"said no {on}", Kind.WITHDRAWN: f"stopped {what} {on}"}
    return told.get(Why(event.reason)) or otherwise.get(Kind(event.kind), f"it was {event.kind} {on}")
