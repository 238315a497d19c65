"""Which messages the platform takes: shapes and limits of what is posted to /v1/messages."""

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.exchange import ApiError, Json

MEDIA = ("image", "audio", "video", "document", "sticker")
META: Json = {
    "version": "4.923.9",
    "backend": {"name": "WhatsApp", "version": "latest"},
    "api_status": "stable",
}


def check_message(body: Json) -> None:
    """Raise an ApiError that says what is missing (131008) or does not fit (131009)."""
    kind = str(body.get("type"))
    if kind not in _CHECKS:
        raise invalid(f"type is none of {', '.join(_CHECKS)}")
    _CHECKS[kind](_member(body, kind))


def invalid(details: str) -> ApiError:
    return ApiError(400, 131009, "Parameter value is not valid", details, META)


def missing(details: str) -> ApiError:
    return ApiError(400, 131008, "Required parameter is missing", details, META)


def _member(value: Json, name: str) -> Json:
    if not isinstance(value.get(name), dict):
        raise missing(f"{name} must be an object")
    return dict(value[name])


def _text(value: Any, name: str, longest: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise missing(f"{name} must be a text that is not empty")
    if len(value) > longest:
        raise invalid(f"{name} is longer than {longest} characters")
    return value


def _items(value: Any, name: str, most: int) -> list[Json]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise missing(f"{name} must be a list of objects")
    if not 1 <= len(value) <= most:
        raise invalid(f"{name} must be 1 to {most}")
    return value


def _unique(ids: Iterable[str], name: str) -> None:
    seen = list(ids)
    if len(set(seen)) != len(seen):
        raise invalid(f"{name} must differ from one another")


def _check_text(text: Json) -> None:
    _text(text.get("body"), "text.body", 4096)


def _check_interactive(interactive: Json) -> None:
    kind = str(interactive.get("type"))
    if kind not in _INTERACTIVE:
        raise invalid(f"interactive.type is none of {', '.join(_INTERACTIVE)}")
    _text(_member(interactive, "body").get("text"), "interactive.body.text", 1024)
    if "footer" in interactive:
        _text(_member(interactive, "footer").get("text"), "interactive.footer.text", 60)
    _INTERACTIVE[kind](_member(interactive, "action"))


def _check_buttons(action: Json) -> None:
    buttons = _items(action.get("buttons"), "action.buttons", 3)
    if any(button.get("type") != "reply" for button in buttons):
        raise invalid("a button's type is reply")
    replies = [_member(button, "reply") for button in buttons]
    _unique([_text(reply.get("id"), "reply.id", 256) for reply in replies], "button ids")
    for reply in replies:
        _text(reply.get("title"), "reply.title", 20)


def _check_list(action: Json) -> None:
    _text(action.get("button"), "action.button", 20)
    sections = _items(action.get("sections"), "action.sections", 10)
    rows = [row for part in sections for row in _items(part.get("rows"), "rows", 10)]
    _unique([_text(row.get("id"), "row.id", 200) for row in rows], "row ids")
    if len(rows) > 10:
        raise invalid("a list has at most 10 rows")
    for row in rows:
        _text(row.get("title"), "row.title", 24)
        if row.get("description"):
            _text(row["description"], "row.description", 72)


def _check_link(action: Json) -> None:
    parameters = _member(action, "parameters")
    _text(parameters.get("display_text"), "action.parameters.display_text", 20)
    url = _text(parameters.get("url"), "action.parameters.url", 2000)
    if not url.startswith(("http://", "https://")):
        raise invalid("action.parameters.url is an http address")


def _check_template(template: Json) -> None:
    _text(template.get("namespace"), "template.namespace", 512)
    _text(template.get("name"), "template.name", 512)
    language = _member(template, "language")
    _text(language.get("code"), "template.language.code", 15)
    if language.get("policy") != "deterministic":
        raise invalid("template.language.policy is deterministic")
    for component in _items(template.get("components") or [{}], "template.components", 20):
        _items(component.get("parameters") or [{}], "parameters", 50)


def _check_media(media: Json) -> None:
    if not (media.get("id") or media.get("link")):
        raise missing("media need an id or a link")


_INTERACTIVE: dict[str, Callable[[Json], None]] = {
    "button": _check_buttons,
    "list": _check_list,
    "cta_url": _check_link,
}
_CHECKS: dict[str, Callable[[Json], None]] = {
    "text": _check_text,
    "interactive": _check_interactive,
    "template": _check_template,
    **dict.fromkeys(MEDIA, _check_media),
}
