"""What a provider would make of the portal's answer to a webhook: what is said, and where to go on."""

import json
from dataclasses import dataclass
from xml.etree import ElementTree

_SAID = {"Message", "Say"}


@dataclass(frozen=True, slots=True)
class Heard:
    """The texts in it, the address for the next key, and whether it goes on."""

    texts: tuple[str, ...] = ()
    next_url: str = ""
    goes_on: bool = False


def hear(answer: str, body: str) -> Heard:
    """``answer``: twiml, ncco, ussd or text; anything else says nothing at once."""
    try:
        return _READERS[answer](body) if answer in _READERS else Heard()
    except (ValueError, KeyError, TypeError, ElementTree.ParseError):
        return Heard((f"[not understood: {body[:80]}]",))


def _xml(body: str) -> Heard:
    texts, next_url = [], ""
    for element in ElementTree.fromstring(body).iter():  # noqa: S314  the portal's own, on this machine
        if element.tag in _SAID and (element.text or "").strip():
            texts.append((element.text or "").strip())
        if element.tag == "Reject":
            texts.append("[hung up on, free of charge]")
        next_url = element.get("action") or element.get("callbackUrl") or next_url
    return Heard(tuple(texts), next_url, bool(next_url))


def _ncco(body: str) -> Heard:
    actions = json.loads(body)
    texts = tuple(action["text"] for action in actions if action["action"] == "talk")
    asked = [action["eventUrl"][0] for action in actions if action["action"] == "input"]
    return Heard(texts, asked[-1] if asked else "", bool(asked))


def _ussd(body: str) -> Heard:
    return Heard((body[4:].strip(),), goes_on=body.startswith("CON"))


def _text(body: str) -> Heard:
    return Heard((body.strip(),) if body.strip() else ())


_READERS = {"twiml": _xml, "ncco": _ncco, "ussd": _ussd, "text": _text}
