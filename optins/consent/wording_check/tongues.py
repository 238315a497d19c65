"""In which language a text reads: enough to tell a line in the wrong one."""

from optins.consent.wording_check import data, reading

FEW = 2  # common words of another language, and none of its own: that is no accident


def hits(text: str) -> dict[str, int]:
    """How many different common words of each language stand in the text."""
    found = set(reading.words(reading.prose(text)).split())
    known = filter(None, map(data.language, data.languages()))
    return {language.code: len(found & language.common) for language in known}


def is_in_another(text: str, language: str) -> str:
    """The code of the language that the text reads as, where it is surely another; else empty."""
    own = data.language(language)
    if own is None or not text.strip():
        return ""
    counts = hits(text)
    if counts[own.code]:
        return ""
    other = max((code for code in counts if code != own.code), key=counts.__getitem__)
    if counts[other] >= FEW:
        return other
    scripts = reading.scripts_of(reading.prose(text))
    is_foreign = bool(scripts) and not scripts & set(own.scripts)
    return (other if counts[other] else min(scripts).title()) if is_foreign else ""
