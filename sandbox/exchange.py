"""One HTTP exchange as values: what was asked, what is answered, and what can go wrong."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """A request read off the wire; header names are in lower case, the path is percent-decoded."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Json:
        """The body as a JSON object; an ApiError of status 400 when it is anything else."""
        try:
            value = read_json(self.body or b"{}")
        except ValueError as error:
            raise bad_request("the body is not JSON") from error
        if not isinstance(value, dict):
            raise bad_request("the body must be a JSON object")
        return value


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_headers(self, more: Mapping[str, str]) -> "Answer":
        return Answer(self.status, self.body, {**self.headers, **more})


class ApiError(Exception):
    """A refusal in the platform's own shape: `{"errors": [{"code", "title", "details"}]}`."""

    def __init__(self, status: int, code: int, title: str, details: str, meta: Json | None = None):
        super().__init__(details)
        self.status, self.meta = status, meta
        self.error = {"code": code, "title": title, "details": details}

    def answer(self) -> Answer:
        meta = {"meta": self.meta} if self.meta else {}
        return json_answer({**meta, "errors": [self.error]}, self.status)


class DropConnection(Exception):
    """The connection is to be closed without a word."""


def json_answer(value: object, status: int = 200) -> Answer:
    return Answer(status, compact_json(value), {"Content-Type": "application/json"})


def compact_json(value: object) -> bytes:
    """JSON as the platform writes it: no blanks, UTF-8 as it is."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def read_json(body: bytes) -> Any:
    """The value; a ValueError also for what could not be written again: lone surrogates, infinity."""
    value = json.loads(body)
    compact_json(value)
    return value


def bad_request(details: str) -> ApiError:
    return ApiError(400, -1, "Bad request", details)


def status_title(status: int) -> str:
    """The usual words for an HTTP status; for one without, the number."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"
