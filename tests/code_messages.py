"""What people make of the message that the page wrote for them, and what each version says."""

import secrets
from collections.abc import Callable

from optins.consent import codes, wording
from tests.clinic import Clinic


def code_of(sentence: str) -> str:
    return sentence[-codes.LENGTH :]


def without_code(sentence: str) -> str:
    return sentence[: -codes.LENGTH].strip()


def wrong(code: str) -> str:
    """The code with one letter or digit taken for another."""
    place = secrets.randbelow(codes.LENGTH)
    other = secrets.choice([char for char in codes.ALPHABET if char != code[place]])
    return code[:place] + other + code[place + 1 :]


def in_spanish(sentence: str, clinic: Clinic) -> str:
    shown = wording.translation(clinic.tap.notice, "es")
    chosen = wording.sentence(shown, [clinic.purposes["health-tips"]], clinic.organisation)
    return f"{chosen} {code_of(sentence)}"


# name: (what becomes of the sentence, what it says then)
MESSAGES: dict[str, tuple[Callable[[str, Clinic], str], str]] = {
    "as it was written": (lambda s, _: s, "counts"),
    "in lower case": (lambda s, _: s.lower(), "counts"),
    "in capitals, with exclamation marks": (lambda s, _: f"{s.upper()}!!", "counts"),
    "spaces inside the code": (lambda s, _: f"{s[:-6]} {s[-6:-3]}  {s[-3:]}", "counts"),
    "hyphens inside the code": (lambda s, _: f"{s[:-4]}-{s[-4:]}", "counts"),
    "O for 0 and l for 1": (lambda s, _: s[:-8] + s[-8:].replace("0", "O").replace("1", "l"), "counts"),
    "the code alone": (lambda s, _: code_of(s), "counts"),
    "the code run into the sentence": (lambda s, _: s[:-9] + s[-8:], "counts"),
    "yes and the code": (lambda s, _: f"Yes {code_of(s)}", "counts"),
    "the code and yes in another language": (lambda s, _: f"{code_of(s)} sim!", "counts"),
    "the sentence in another published language": (in_spanish, "counts"),
    "a word added": (lambda s, _: f"{s} please", "asks"),
    "a question instead": (lambda s, _: f"What is {code_of(s)}?", "asks"),
    "ok and the code": (lambda s, _: f"ok {code_of(s)}", "asks"),
    "no and the code": (lambda s, _: f"No, {code_of(s)}", "refuses"),
    "stop and the code": (lambda s, _: f"{code_of(s)} stop", "stops"),
    "the code cut off by one": (lambda s, _: s[:-1], "fails"),
    "the code cut in half": (lambda s, _: s[:-4], "fails"),
    "one letter of the code wrong": (lambda s, _: s[:-8] + wrong(s[-8:]), "fails"),
    "a wrong code alone": (lambda s, _: wrong(code_of(s)), "fails"),
    "the sentence without its code": (lambda s, _: without_code(s), "fails"),
}
