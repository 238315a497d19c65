"""Who may talk to the sandbox: programs of this machine, and the phone's own page."""

from urllib.parse import urlsplit

from sandbox.exchange import Request

LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")


def is_allowed(request: Request) -> bool:
    """Refuse names that point here from elsewhere (DNS rebinding) and pages of other origins.

    The control API has no password, so a browser may use it from the phone's page alone. A page
    of another port is same-site but not same-origin, and is refused as well.
    """
    host = request.headers.get("host", "")
    if _name(host) not in LOCAL_NAMES:
        return False
    is_form = request.method == "POST" and request.path.startswith("/try/")
    if not (is_form or request.path.startswith("/sandbox/")):
        return True
    origin = request.headers.get("origin")
    fetched_from = request.headers.get("sec-fetch-site", "none")
    return origin in (None, f"http://{host}") and fetched_from in ("none", "same-origin")


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
