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
    other = max((code for code in counts if code != own.code), key=counts.__getitem__)
    if counts[own.code] == 0 and counts[other] >= FEW:
        return other
    script = reading.script_of(reading.prose(text))
    if script and script not in own.scripts and counts[own.code] == 0:
        return other if counts[other] else script.lower()
    return ""
