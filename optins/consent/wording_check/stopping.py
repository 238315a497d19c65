"""Whether a notice says how to stop, with a word that the intake really understands."""

from optins.consent import keywords
from optins.consent.keywords import Intent
from optins.consent.wording_check import data, naming, reading

LONGEST_WORD = 3  # words in one stop word: "no enviar más"


def stop_word(text: str, language: str) -> str:
    """A word of the text that stops everything when it is sent alone, in any message; else empty.

    One written in capitals is meant to be sent and comes first.
    """
    written = reading.prose(text).split()
    phrases = [
        " ".join(written[start : start + length])
        for length in range(1, LONGEST_WORD + 1)
        for start in range(len(written) - length + 1)
    ]
    understood = [phrase for phrase in phrases if keywords.means(phrase, Intent.STOP, [language])]
    understood.sort(key=lambda phrase: not phrase.isupper())
    return understood[0].strip(" .,:;!?\"'“”«»()") if understood else ""


def says_send(text: str, language: str) -> bool | None:
    """Whether the text tells people to send something; None where we do not know the language."""
    known = data.language(language)
    if known is None:
        return None
    return reading.says(text, list(known.send))


def says_where(text: str, language: str) -> bool:
    """Whether it is to be sent by WhatsApp, or by answering."""
    return naming.names_whatsapp(text, language)
