"""QR codes as people print them: level Q, black on white, with their quiet zone."""

import io

import segno

QUIET_ZONE = 4  # modules, ISO/IEC 18004
_MODULE_MM = 2  # of a saved SVG: a code of 25 modules is 66 mm wide with its quiet zone
_MODULE_PIXELS = 24
_DPI = 300


def make(text: str) -> segno.QRCode:
    """The smallest code of level Q: 25 by 25 modules for up to 29 alphanumeric characters."""
    return segno.make(text, error="q", boost_error=False, micro=False)


def svg_element(text: str) -> str:
    """For a page: no size and no styles, so that the strictest policy lets it through.

    Its white ground is drawn: it stays black on white, whatever colours the browser is told to use.
    """
    out = io.BytesIO()
    make(text).save(
        out,
        kind="svg",
        border=QUIET_ZONE,
        light="#fff",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        svgclass=None,
        lineclass=None,
    )
    return out.getvalue().decode()


def svg_file(text: str) -> bytes:
    """To be placed in a print shop's document: sized in millimetres."""
    out = io.BytesIO()
    make(text).save(out, kind="svg", border=QUIET_ZONE, light="#fff", scale=_MODULE_MM, unit="mm")
    return out.getvalue()


def png_file(text: str) -> bytes:
    """Sharp at 300 dots an inch up to the size of a hand."""
    out = io.BytesIO()
    make(text).save(out, kind="png", border=QUIET_ZONE, light="#fff", scale=_MODULE_PIXELS, dpi=_DPI)
    return out.getvalue()
