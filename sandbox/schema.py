"""The contact fields of the platform: which exist, and which values each takes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sandbox.exchange import Json, bad_request

TYPES = ("STRING", "BOOLEAN", "DATETIME", "ENUM", "LOCATION", "INTEGER")
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its type, whether it may be null, and an ENUM's values."""

    name: str
    type: str
    display: str = ""
    null: bool = True
    default: Any = None
    is_private: bool = False
    enum: tuple[Json, ...] = ()

    def as_json(self) -> Json:
        shown = {name: getattr(self, name) for name in self.__slots__ if name != "enum"}
        return shown | ({"enum": list(self.enum)} if self.enum else {})

    def cast(self, value: Any) -> Any:
        """The value as it is stored; a ValueError with the platform's words if it does not fit."""
        if value is None and self.null:
            return None
        stored = _CASTS[self.type](self, value)
        if stored is None:
            raise ValueError(f"cannot cast value of '{value}' to {self.type.lower()}")
        return stored

    def cast_cell(self, text: str) -> Any:
        """The same for a CSV cell, where everything is text and booleans are `true` or `false`."""
        if self.type == "BOOLEAN":
            return self.cast({"true": True, "false": False}.get(text, text))
        if self.type == "INTEGER" and re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
            return int(text)
        return self.cast(text)


def _moment(value: Any) -> str | None:
    """ISO 8601 with a zone, kept in UTC with microseconds as the platform shows it."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _choice(field: Field, value: Any) -> str | None:
    """The language field has no list of its own: it takes ISO 639-3 codes."""
    if not isinstance(value, str):
        return None
    if not field.enum:
        return value if re.fullmatch(r"[a-z]{3}", value, re.ASCII) else None
    known = {str(option.get("value")).lower() for option in field.enum}
    return value if value.lower() in known else None


_CASTS: dict[str, Callable[[Field, Any], Any]] = {
    "STRING": lambda field, value: value if isinstance(value, str) else None,
    "BOOLEAN": lambda field, value: value if isinstance(value, bool) else None,
    "DATETIME": lambda field, value: _moment(value),
    "ENUM": _choice,
    "LOCATION": lambda field, value: value if isinstance(value, str | dict) else None,
    "INTEGER": lambda field, value: value if type(value) is int else None,
}

RESERVED = (
    Field("name", "STRING"),
    Field("surname", "STRING"),
    Field("location", "LOCATION"),
    Field("language", "ENUM"),
    Field("opted_in", "BOOLEAN", null=False, default=False),
    Field("opted_in_at", "DATETIME"),
    Field("birthday", "DATETIME"),
    Field("whatsapp_profile_name", "STRING"),
    Field("whatsapp_id", "STRING"),
    Field("last_seen_at", "DATETIME"),
)


class Schema:
    """The fields in force: the reserved ones and those of the last schema that was posted."""

    def __init__(self) -> None:
        self.version = "0.0.1-alpha"
        self.replace(self.version, [])

    def replace(self, version: object, custom: object) -> None:
        """A new version: its own fields stand beside the reserved ones, earlier ones are gone."""
        if not isinstance(version, str) or not isinstance(custom, list):
            raise bad_request("a schema is {version, fields: [...]}")
        reserved = {field.name: field for field in RESERVED}
        posted = {field.name: field for field in map(_read_field, custom)}
        self.fields = reserved | posted | reserved
        self.version, self.uuid = version, str(uuid4())

    def defaults(self) -> Json:
        return {name: field.default for name, field in self.fields.items()}

    def as_json(self) -> Json:
        fields = [field.as_json() for field in self.fields.values()]
        return {"version": self.version, "uuid": self.uuid, "fields": fields}


def _read_field(raw: Any) -> Field:
    if not isinstance(raw, dict) or not NAME.fullmatch(str(raw.get("name"))):
        raise bad_request("each field needs a name of small letters, digits and underscores")
    if raw.get("type") not in TYPES:
        raise bad_request(f"the type of {raw['name']} is none of {', '.join(TYPES)}")
    options = raw.get("enum") or []
    if not isinstance(options, list) or not all(isinstance(option, dict) for option in options):
        raise bad_request(f"the enum of {raw['name']} is a list of {{value, display}}")
    if raw["type"] == "ENUM" and not options and raw["name"] != "language":
        raise bad_request(f"{raw['name']} is an ENUM without its values")
    known = {name: raw[name] for name in Field.__slots__ if name in raw and name != "enum"}
    return Field(**known, enum=tuple(options))
