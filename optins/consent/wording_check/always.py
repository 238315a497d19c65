"""What Sayso itself asks of each translation, whatever the law: the platform's rules, and plain sense."""

from collections.abc import Callable, Iterator

from optins.consent import texts
from optins.consent.wording_check import asking, data, naming, reading, stopping, tongues
from optins.consent.wording_check.values import Facts, Finding, PurposeFacts, Severity, Wording

Found = Iterator[Finding]
_REFUSE, _WARN = Severity.REFUSE, Severity.WARN


def _finding(wording: Wording, element: str, severity: Severity, missing: str, reason: str) -> Finding:
    return Finding(wording.language, element, severity, missing, reason)


def whatsapp(wording: Wording, facts: Facts) -> Found:
    """It names WhatsApp where everybody reads it, not only in a link, a comment or a "not"."""
    reason = "People have to know that the messages come by WhatsApp (WhatsApp's rules for opt-in)."
    text, title = wording.in_a_chat, wording.title
    lookalike = naming.lookalike_of_whatsapp(text) or naming.lookalike_of_whatsapp(title)
    if not naming.names_whatsapp(text, wording.language):
        missing = "It does not name WhatsApp in what people read."
        if lookalike:
            missing = f"It says “{lookalike}” and not WhatsApp."
        elif naming.names_whatsapp(title, wording.language):
            missing = "Only the title names WhatsApp; a chat does not show the title."
        yield _finding(wording, "whatsapp", _REFUSE, missing, reason)
        return
    if lookalike:
        yield _finding(wording, "whatsapp", _WARN, f"It also says “{lookalike}”. Is it meant so?", reason)
    if naming.is_only_denied(text, wording.language):
        missing = "Each sentence with WhatsApp in it says “not”. Does it say that messages come by WhatsApp?"
        yield _finding(wording, "whatsapp", _WARN, missing, reason)


def organisation(wording: Wording, facts: Facts) -> Found:
    """It names the organisation, in one of the forms on record."""
    if naming.names_organisation(wording.in_a_chat, facts.forms(wording.language)):
        return
    forms = ", ".join(f"“{form}”" for form in facts.forms(wording.language))
    missing = f"It does not name the organisation: {forms}."
    reason = "People have to know who writes to them. Other forms of the name: Settings, Organisations."
    yield _finding(wording, "organisation", _REFUSE, missing, reason)


def senders(wording: Wording, facts: Facts) -> Found:
    """The names under which the messages will appear stand in it."""
    for sender in facts.senders:
        if sender.name and not naming.names_organisation(wording.in_a_chat, (sender.name,)):
            missing = f"It does not name “{sender.name}”, as the messages will be signed in WhatsApp."
            reason = "Who sees an unknown name reports the message, and the number suffers."
            yield _finding(wording, "sender_name", _REFUSE, missing, reason)


def stop(wording: Wording, facts: Facts) -> Found:
    """Its stop line has a word that works, says to send it, and is in the language of the rest."""
    reason = "Whoever agrees has to know how to stop, and the word has to be one that the chat understands."
    if not wording.stop.strip():
        yield _finding(wording, "how_to_stop", _REFUSE, "It has no line that says how to stop.", reason)
        return
    word = stopping.stop_word(wording.stop, wording.language)
    if not word:
        missing = "The line on how to stop has no word that the chat understands as a stop."
        yield _finding(wording, "how_to_stop", _REFUSE, missing, reason)
        return
    if tongues.is_in_another(wording.stop, wording.language):
        return  # ``language`` says so
    sends = stopping.says_send(wording.stop, wording.language)
    if not sends:
        missing = f"Does the line on how to stop tell people to send “{word}”?"
        yield _finding(wording, "how_to_stop", _WARN, missing, reason)
    elif not stopping.says_where(wording.stop, wording.language):
        missing = f"The line on how to stop does not say to send “{word}” by WhatsApp."
        yield _finding(wording, "how_to_stop", _WARN, missing, reason)


def purposes(wording: Wording, facts: Facts) -> Found:
    """Each purpose has a line of its own."""
    reason = "Each purpose is agreed to on its own, so each has its own line."
    seen: dict[str, str] = {}
    for purpose in facts.purposes:
        line = wording.purposes.get(purpose.key, "").strip()
        folded = reading.words(line)
        if not line:
            missing = f"It has no line for “{purpose.title}” ({purpose.key})."
            yield _finding(wording, "purpose", _REFUSE, missing, reason)
        elif folded in seen:
            missing = f"“{purpose.title}” and “{seen[folded]}” have the same line."
            yield _finding(wording, "purpose", _REFUSE, missing, reason)
        seen.setdefault(folded, purpose.title)
        if line and not _is_named(line, purpose):
            missing = f"The line for “{purpose.title}” does not use the words of its title. Is it about that?"
            yield _finding(wording, "purpose", _WARN, missing, reason)
    for key in sorted(set(wording.purposes) - {purpose.key for purpose in facts.purposes}):
        missing = f"It has a line for “{key}”, which no channel with this notice asks for."
        yield _finding(wording, "purpose", _WARN, missing, reason)


def _is_named(line: str, purpose: PurposeFacts) -> bool:
    """Whether a word of its title stands in the line, be it in another form."""
    written = reading.words(line)
    return any(f" {word[:5]}" in written for word in reading.words(purpose.title).split() if len(word) > 2)


def sensitive(wording: Wording, facts: Facts) -> Found:
    """For a sensitive purpose it says who else may see the messages."""
    if not any(purpose.is_sensitive for purpose in facts.purposes):
        return
    said = asking.has("sensitive", wording, facts)
    if said:
        return
    missing = "It does not say who else may see messages about a sensitive purpose."
    severity = _WARN if said is None else _REFUSE
    reason = "Messages show on a locked screen, and many phones are shared."
    yield _finding(wording, "sensitive", severity, missing, reason)


def privacy(wording: Wording, facts: Facts) -> Found:
    """It has a link to the privacy notice that works and is safe."""
    if asking.has("privacy_link", wording, facts):
        return
    missing = "It has no https:// link to the privacy notice."
    yield _finding(wording, "privacy_link", _REFUSE, missing, "People have to be able to read what is kept.")


def sentence(wording: Wording, facts: Facts) -> Found:
    """What the person sends says to whom, by what and about what."""
    reason = "Whoever sends the sentence consents, so it says all of it."
    filled = wording.sentence.replace("{organisation}", facts.name)
    wants = {
        "the organisation ({organisation})": naming.names_organisation(filled, facts.forms(wording.language)),
        "the purposes ({purposes})": "{purposes}" in wording.sentence,
        "WhatsApp": naming.names_whatsapp(wording.sentence, wording.language),
    }
    if lacking := [name for name, is_there in wants.items() if not is_there]:
        missing = f"The sentence that people send does not name {' and '.join(lacking)}."
        yield _finding(wording, "sentence", _REFUSE, missing, reason)


def language(wording: Wording, facts: Facts) -> Found:
    """Every part is in the language that it says it is in."""
    parts = {"title": wording.title, "body": wording.body, "line on how to stop": wording.stop}
    parts |= {f"line for {key}": line for key, line in wording.purposes.items()}
    reason = "Nobody agrees to what they cannot read."
    for name, text in parts.items():
        if other := tongues.is_in_another(text, wording.language):
            said = f"The {name} reads like {_name(other)}, not like {_name(wording.language)}."
            yield _finding(wording, "language", _REFUSE, said, reason)


def _name(code: str) -> str:
    return texts.name(code)


def tricks(wording: Wording, facts: Facts) -> Found:
    """Nothing in it makes it look like other words than it has."""
    text = "\n".join((wording.title, wording.in_a_chat, wording.sentence))
    for trick in reading.tricks(text):
        yield _finding(wording, "tricks", _WARN, trick, "What is on record has to be what people saw.")


def unknown_language(wording: Wording, facts: Facts) -> Found:
    """Of a language without data the check can tell little: a reader of it has to."""
    if data.language(wording.language) is None:
        missing = f"The check does not know “{wording.language}”: somebody who reads it has to check it all."
        yield _finding(wording, "unknown_language", _WARN, missing, "A person decides where it cannot.")


RULES: tuple[Callable[[Wording, Facts], Found], ...] = (
    unknown_language, language, whatsapp, organisation, senders, stop, purposes, sensitive, privacy,
    sentence, tricks,
)  # fmt: skip
