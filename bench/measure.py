"""Calls the WSGI application in this process, round by round, so that all stand in the same weather."""

import io
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

ROUNDS = 7
SECONDS = 0.7


def caller(application: Any, method: str, path: str, headers: dict[str, str]) -> Callable[..., int]:
    """A function that makes one request with this body and returns its status."""
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}

    def call(body: bytes = b"", more: dict[str, str] | None = None) -> int:
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            **named,
            **(more or {}),
        }
        status: list[int] = []
        answer = application(environ, lambda line, _headers, _error=None: status.append(int(line[:3])))
        for _part in answer:
            pass
        answer.close()
        return status[0]

    return call


def rates(work: dict[str, Callable[[], int]], expected: dict[str, int]) -> dict[str, float]:
    """Calls a second of each, the median of several rounds in turn. Every answer's status is checked."""
    seen: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, call in work.items():
            seen[name].append(_rate(call, expected.get(name, 200)))
    return {name: statistics.median(values) for name, values in seen.items()}


def _rate(call: Callable[[], int], expected: int) -> float:
    count, begun = 0, time.perf_counter()
    while (took := time.perf_counter() - begun) < SECONDS:
        if (status := call()) != expected:
            raise SystemExit(f"A benchmark was answered {status}: its figures would mean nothing.")
        count += 1
    return count / took


def numbered() -> Iterator[int]:
    number = 0
    while True:
        yield (number := number + 1)
