"""A translation file for an agency: one language of a notice version out as PO, and back, checked.

gettext's PO, as every translation tool reads it. ``msgctxt`` names the part, ``msgid`` is the source text
and ``msgstr`` its translation; https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html
"""

import io
import re
from hashlib import sha256

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from optins.consent.wording_check import Wording
from optins.consent.wording_diff import FIELDS

MOST_BYTES = 200_000
_PLACEHOLDER = re.compile(r"\{\w+\}")
_SOURCE = "X-Sayso-Source"
_ABOUT = {
    "title": "The heading of the page. It names the organisation and WhatsApp.",
    "body": "Who writes, that it is by WhatsApp, and that one is free to say no.",
    "stop": "How to stop. Keep STOP as it is, or use a stop word of the language that the chat understands.",
    "privacy": "Keep the address.",
    "details": "What the law asks for; one thing on each line.",
    "sentence": "What the person sends. Keep {organisation} and {purposes} as they are.",
}


class FileError(ValueError):
    """The file cannot be taken back; the message says why, for staff."""


def export(source: Wording, target: Wording | None, language: str, *, name: str) -> bytes:
    """The PO file for one language; what is translated already is in it."""
    catalog = Catalog(project=name)
    translated = _parts(target) if target else {}
    for part, text in _parts(source).items():
        if text:
            about = _ABOUT.get(part, "The line beside one box. It names the organisation and WhatsApp.")
            catalog.add(text, translated.get(part, ""), context=part, auto_comments=[about])
    out = io.BytesIO()
    write_po(out, catalog, width=0, omit_header=True)
    return _header(source, language, name).encode() + out.getvalue()


def _header(source: Wording, language: str, name: str) -> str:
    lines = {
        "Project-Id-Version": name,
        "Language": language,
        "X-Source-Language": source.language,
        _SOURCE: digest(source),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    shown = "".join(f'"{key}: {_quoted(value)}\\n"\n' for key, value in lines.items())
    return f'msgid ""\nmsgstr ""\n{shown}\n'


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def digest(source: Wording) -> str:
    """By which a file is known to belong to this very source text."""
    return sha256("\x1f".join(f"{part}={text}" for part, text in _parts(source).items()).encode()).hexdigest()


def take_back(content: bytes, source: Wording, language: str) -> Wording:
    """The translation that the file holds. Raises FileError for one that does not fit its source."""
    entries = _read(content, source, language)
    wanted = {part: text for part, text in _parts(source).items() if text}
    problems = [_problem(part, text, entries.get(part)) for part, text in wanted.items()]
    if found := [problem for problem in problems if problem]:
        raise FileError(" ".join(found))
    lines = {part.removeprefix("purpose:"): entries[part] for part in wanted if part.startswith("purpose:")}
    return Wording(language, purposes=lines, **{name: entries.get(name, "") for name in FIELDS})


def _read(content: bytes, source: Wording, language: str) -> dict[str, str]:
    if len(content) > MOST_BYTES:
        raise FileError("The file is too large to be one of ours.")
    try:
        content.decode()
        catalog = read_po(io.BytesIO(content), abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError, LookupError) as error:
        raise FileError("This is no PO file in UTF-8.") from error
    headers = dict(catalog.mime_headers) | _own_headers(content.decode())
    if headers.get(_SOURCE) != digest(source):
        raise FileError("The source text has changed since the file was made: take it out again.")
    if headers.get("Language", "").replace("_", "-").lower() != language.lower():
        raise FileError(f"The file is not for “{language}”.")
    return {
        str(message.context): str(message.string).strip()
        for message in catalog
        if message.id and message.context and not message.fuzzy
    }


def _own_headers(text: str) -> dict[str, str]:
    """The lines of the header as they are written: tools keep those that they do not know."""
    return dict(re.findall(r'^"([\w-]+): (.*?)\\n"$', text, re.MULTILINE))


def _problem(part: str, source: str, translated: str | None) -> str:
    name = part.replace("purpose:", "the line for ")
    if not translated:
        return f"“{name}” is not translated."
    lost = set(_PLACEHOLDER.findall(source)) - set(_PLACEHOLDER.findall(translated))
    strange = set(_PLACEHOLDER.findall(translated)) - set(_PLACEHOLDER.findall(source))
    if lost:
        return f"“{name}” has lost {', '.join(sorted(lost))}."
    return f"“{name}” has {', '.join(sorted(strange))}, which its source has not." if strange else ""


def _parts(wording: Wording) -> dict[str, str]:
    parts = {name: getattr(wording, name) for name in FIELDS}
    return parts | {f"purpose:{key}": line for key, line in sorted(wording.purposes.items())}
