"""Where a request came from."""

from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """The IP address; None where the server cannot tell, as behind a Unix socket.

    Of a header that a proxy sets, only the last address is the proxy's word; anybody can write the others.
    """
    told = request.META.get(settings.CLIENT_ADDRESS_HEADER, "") if settings.CLIENT_ADDRESS_HEADER else ""
    for text in (told.rpartition(",")[2].strip(), request.META.get("REMOTE_ADDR", "")):
        with suppress(ValueError):
            return str(ip_address(text))
    return None


def is_our_own(request: HttpRequest) -> bool:
    """Whether a form was sent from our own page: with no cookie to steal, this alone keeps others out."""
    origin = request.headers.get("Origin")
    if origin is None:
        return True  # very old browsers send none
    public = urlsplit(settings.PUBLIC_URL)
    return origin in {f"{request.scheme}://{request.get_host()}", f"{public.scheme}://{public.netloc}"}
