"""A platform of three lines: remembers each call and answers as it is told, also as no platform should."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl

Answer = tuple[int, dict[str, str], bytes]
FINE: Answer = (200, {"Content-Type": "application/json"}, b'{"fields": {}}')


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Recorder:
    """``answers`` are given one per call, then ``FINE``; ``during`` runs while a call waits for its own."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    during: Callable[[Call], object] = bool
    lock: Lock = field(default_factory=Lock)

    def heard(self, call: Call) -> Answer:
        with self.lock:
            self.calls.append(call)
            answer = self.answers.pop(0) if self.answers else FINE
        self.during(call)
        return answer

    @property
    def bodies(self) -> list[Any]:
        return [call.body for call in self.calls]


@contextmanager
def running_recorder() -> Iterator[Recorder]:
    recorder = Recorder()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            is_form = "form" in self.headers.get("Content-Type", "")
            said = dict(parse_qsl(body.decode())) if is_form else json.loads(body or b"null")
            call = Call(self.command, self.path, dict(self.headers), said)
            status, headers, content = recorder.heard(call)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = answer

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        recorder.url = f"http://127.0.0.1:{server.server_port}"
        yield recorder
        server.shutdown()
