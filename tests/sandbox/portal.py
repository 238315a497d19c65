"""A portal of three lines: remembers each webhook and answers as it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Portal:
    """`answers` are statuses to give, one per webhook; when none is left, 200."""

    url: str = ""
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def forget(self) -> None:
        self.received.clear()
        self.answers.clear()


@contextmanager
def running_portal() -> Iterator[Portal]:
    portal = Portal()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            portal.received.append((dict(self.headers), body))
            self.send_response(portal.answers.pop(0) if portal.answers else 200)
            self.end_headers()
            self.wfile.write(b"thank you")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        portal.url = f"http://127.0.0.1:{server.server_port}/hooks/here/"
        yield portal
        server.shutdown()
