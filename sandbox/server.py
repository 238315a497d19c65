"""HTTP on loopback: reads a request, finds who answers it, writes the answer."""

import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from sandbox.bots import answer_bot, is_call
from sandbox.control import answer_control
from sandbox.exchange import Answer, ApiError, DropConnection, Request
from sandbox.guard import is_allowed
from sandbox.pages import POLICY, answer_page
from sandbox.sms import answer_sms, is_sms
from sandbox.state import State
from sandbox.trying import answer_try, is_page
from sandbox.turn_api import answer_api

ADDRESS = "127.0.0.1"
LARGEST_BODY = 4 * 1024 * 1024
ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Server(ThreadingHTTPServer):
    """One thread per connection; port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, state: State) -> None:
        super().__init__((ADDRESS, port), Handler)
        self.state = state

    @property
    def url(self) -> str:
        return f"http://{ADDRESS}:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that went away is no news: workers are killed in the middle on purpose."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            traceback.print_exc()


def find_answer(state: State, request: Request) -> Answer:
    """Guard first, then by the first part of the path; DropConnection passes through."""
    try:
        if not is_allowed(request):
            raise ApiError(403, 403, "Forbidden", "only this machine and the phone's own page")
        if request.path.startswith("/v1/"):
            return answer_api(state, request)
        if request.path.startswith("/sandbox/"):
            return answer_control(state, request)
        if is_call(request):
            return answer_bot(state, request)
        if is_sms(request):
            return answer_sms(state, request)
        if is_page(request):
            return answer_try(state, request)
        return answer_page(request)
    except ApiError as error:
        return error.answer()


class Handler(BaseHTTPRequestHandler):
    """Transport alone. Nothing is logged: paths carry numbers, and the state keeps the calls."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    timeout = 120
    wbufsize = -1
    disable_nagle_algorithm = True

    def handle_one_call(self) -> None:
        try:
            answer = find_answer(self.server.state, self._read())
        except DropConnection:
            self.close_connection = True
            return
        except ApiError as error:
            self.close_connection = True
            answer = error.answer()
        self._write(answer)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_one_call

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _read(self) -> Request:
        """The whole request; an ApiError when its length is unknown or too large."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            raise ApiError(411, 411, "Length Required", "send a Content-Length")
        if int(length) > LARGEST_BODY:
            raise ApiError(413, 413, "Payload Too Large", f"at most {LARGEST_BODY} bytes")
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(length))
        return Request(self.command, unquote(parts.path), query, headers, body)

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in {**ALWAYS, **answer.headers}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
