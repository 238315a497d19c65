"""A shop with the checkout of ``docs/checkout.md``, as it stands there: its box, and its function."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from textwrap import dedent
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

from tests.documented import TEXTS

_DOC = TEXTS["docs/checkout.md"]
_HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title>'
_HEAD += '<meta name="viewport" content="width=device-width"><main style="font: 1rem/1.5 sans-serif">'
_FIELDS = '<form method="post"><h1>Your order</h1>{box}<button>Order</button></form>'

Report = Callable[..., dict[str, Any] | None]


def snippet() -> str:
    found = re.search(r"( +<fieldset>.*?</fieldset>)", _DOC, re.DOTALL)
    assert found
    return dedent(found[1])


def report_consent() -> Report:
    found = re.search(r"^ +import json\n.*?(?=^\d\.)", _DOC, re.DOTALL | re.MULTILINE)
    assert found
    names: dict[str, Any] = {}
    exec(dedent(found[0]), names)  # noqa: S102  it is ours
    return names["report_consent"]


@contextmanager
def opened(phone: str) -> Iterator[str]:
    """The shop's address; whoever orders there has that number."""
    report = report_consent()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._show(_FIELDS.format(box=snippet()))

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            told = report(form.get("whatsapp", []), "4711", phone)
            link = f'<p><a href="{escape(told["wa_link"])}">Send the message</a></p>' if told else ""
            self._show(f"<h1>Thank you for your order</h1>{link}")

        def _show(self, main: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"{_HEAD}{main}</main></html>".encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
