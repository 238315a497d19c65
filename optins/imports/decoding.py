"""Bytes of a text file -> text: UTF-8, UTF-16 and Windows-1252, with or without a byte order mark."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before UTF-16: its mark begins with the same two bytes.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 4000
_MANY = 0.4  # every second byte of Latin text in UTF-16 is NUL


def text_of(content: bytes) -> str:
    """The file's text. What cannot be read becomes U+FFFD, so that it spoils its own row and no other."""
    return content.decode(_encoding(content), "replace")


def _encoding(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    if wide := _utf_16_without_mark(content[:_SAMPLE]):
        return wide
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _by_majority(content)
    return "utf-8"


def _utf_16_without_mark(sample: bytes) -> str:
    even, odd = sample[::2], sample[1::2]
    if odd and odd.count(0) > _MANY * len(odd):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > _MANY * len(even) > 0 else ""


def _by_majority(content: bytes) -> str:
    """UTF-8 with a broken line, or Windows-1252: what most lines with other than ASCII letters are."""
    telling = [line for line in content.split(b"\n") if not line.isascii()]
    sound = sum(_is_utf_8(line) for line in telling)
    return "utf-8" if sound * 2 > len(telling) else "cp1252"


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
