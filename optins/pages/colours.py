"""The brand's colour on a public page: what can be written on it, and where it can be read itself."""

import colorsys
from collections.abc import Iterable

# The surfaces of page.css that words and edges in the brand's colour stand on.
_LIGHT, _DARK = "#f4f2ed", "#23262c"


def palette(colour: str) -> dict[str, str]:
    """The brand's colour, what to write on it, and what of it can be read on a light and a dark page."""
    dark = _readable(colour, _DARK, lightness=1, ratio=6)
    return {
        "colour": colour,
        "text": _text_on(colour),
        "light": _readable(colour, _LIGHT, lightness=0, ratio=4.5),
        "light_tint": _mixed(colour, "#ffffff", 0.9),
        "dark": dark,
        "dark_text": _text_on(dark),
        "dark_tint": _mixed(dark, _DARK, 0.82),
    }


def _text_on(colour: str) -> str:
    return max("#ffffff", "#000000", key=lambda text: contrast(text, colour))


def _readable(colour: str, surface: str, *, lightness: int, ratio: float) -> str:
    """The first shade on the way to black (0) or white (1) with that contrast on the surface."""
    hue, own, saturation = colorsys.rgb_to_hls(*_parts(colour))
    steps = (own + (lightness - own) * step / 20 for step in range(21))
    shades = (_hex(colorsys.hls_to_rgb(hue, step, saturation)) for step in steps)
    return next(shade for shade in shades if contrast(shade, surface) >= ratio)


def _mixed(colour: str, other: str, share: float) -> str:
    both = zip(_parts(colour), _parts(other), strict=True)
    return _hex([a + (b - a) * share for a, b in both])


def _parts(colour: str) -> list[float]:
    return [part / 255 for part in bytes.fromhex(colour[1:])]


def _hex(parts: Iterable[float]) -> str:
    return f"#{bytes(round(part * 255) for part in parts).hex()}"


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in _parts(colour)]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
