"""The phone's page and files, its wa.me links, and the health check."""

import re
from pathlib import Path
from urllib.parse import urlencode

from sandbox.exchange import Answer, ApiError, Request, json_answer

FOLDER = Path(__file__).with_name("static")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


def answer_page(request: Request) -> Answer:
    if request.method != "GET":
        raise ApiError(405, 405, "Method Not Allowed", "pages are read with GET")
    if request.path == "/healthz":
        return json_answer({"status": "ok"})
    if request.path == "/":
        return _file("phone.html")
    if match := re.fullmatch(r"/wa\.me/\+?([0-9]{5,15})/?", request.path):
        return _open_link(match[1], request.query.get("text", ""))
    if match := re.fullmatch(r"/static/([a-z]+\.(?:css|js|svg))", request.path):
        return _file(match[1])
    raise ApiError(404, 404, "Not Found", "no such page")


def _file(name: str) -> Answer:
    path = FOLDER / name
    if not path.is_file():
        raise ApiError(404, 404, "Not Found", "no such file")
    return Answer(200, path.read_bytes(), {"Content-Type": TYPES[path.suffix]})


def _open_link(digits: str, text: str) -> Answer:
    """As the real link does: the phone opens with the text filled in and sends nothing."""
    return Answer(302, headers={"Location": f"/?{urlencode({'to': digits, 'text': text})}"})
