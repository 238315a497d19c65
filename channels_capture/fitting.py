"""What fits: texts within the limits of their medium, and the buttons of a question."""

from channels_capture.answers import payload
from channels_capture.stopping import KEEP_AT_MOST
from optins.consent import texts
from optins.models import ConsentRequest, Purpose

LONGEST_TEXT = 4096
LONGEST_BODY = 1024  # of a message with buttons
LONGEST_TITLE = 20
LONGEST_SMS = 1377  # what the strictest of the providers takes as one message: MessageBird
Buttons = list[dict[str, str]]


def pieces(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """The text in as few messages as it takes, each ending with a line or a word."""
    found = []
    while len(text) > longest:
        end = max(text.rfind("\n", 0, longest), text.rfind(" ", longest // 2, longest))
        end = end if end > 0 else longest
        found.append(text[:end])
        text = text[end:].lstrip()
    return [*found, text]


def buttons(question: ConsentRequest, purposes: tuple[Purpose, ...]) -> Buttons:
    """At most three: one for each purpose to keep, or yes, no and, with several purposes, choose."""
    if question.kind == ConsentRequest.Kind.KEEP:
        kept = purposes[:KEEP_AT_MOST]
        titles = _different([p.title(question.language, discreet=True) for p in kept])
        ids = [payload(question, "yes", purpose.key) for purpose in kept]
    else:
        choices = ["yes", "choose", "no"] if len(purposes) > 1 else ["yes", "no"]
        titles = [_title(texts.text(f"button_{choice}", question.language)) for choice in choices]
        ids = [payload(question, choice) for choice in choices]
    return [{"id": id_, "title": title} for id_, title in zip(ids, titles, strict=True)]


def words(choices: Buttons) -> dict[str, str]:
    """The words for yes and no, which stand at the ends; choosing among several takes buttons."""
    return {"yes": choices[0]["title"], "no": choices[-1]["title"]}


def _title(text: str) -> str:
    text = f"{text[:1].upper()}{text[1:]}"
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1]}…"


def _different(titles: list[str]) -> list[str]:
    """WhatsApp takes no two buttons alike: numbered where their beginnings are the same."""
    short = [_title(title) for title in titles]
    if len(set(short)) == len(short):
        return short
    return [_title(f"{number}. {title}") for number, title in enumerate(titles, 1)]


def list_of_numbered(choices: Buttons, purposes: tuple[Purpose, ...], language: str) -> str:
    """What numbered buttons stand for."""
    if not all(choice["title"].startswith(f"{number}. ") for number, choice in enumerate(choices, 1)):
        return ""
    rows = zip(choices, purposes, strict=True)
    named = (f"{choice['title'][0]}. {purpose.title(language, discreet=True)}" for choice, purpose in rows)
    return "\n\n" + "\n".join(named)
