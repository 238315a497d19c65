"""The pages for trying a channel out, with forms alone: they work without JavaScript."""

import re
import time
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

from sandbox import trials
from sandbox.exchange import Answer, ApiError, Json, Request
from sandbox.shapes import Way
from sandbox.state import State
from sandbox.testers import TESTERS, Line, Trial

_PAGE = (Path(__file__).with_name("static") / "try.html").read_text()
_PATH = re.compile(r"/try/([-a-z0-9_]{1,60})/?")
# How long to wait for what a worker sends, before the page is shown without it.
_PATIENCE = 4.0
_LABELS = {
    "whatsapp_thread": "WhatsApp thread",
    "click_to_whatsapp_ad": "Ad that clicks to WhatsApp",
    "sms_short_code": "SMS short code",
    "messenger_bot": "Messenger bot",
    "ussd": "USSD",
    "ivr": "Call with keys",
    "missed_call": "Missed call",
}
# What people try first, beside a field for anything else.
_WORDS = {"chat": ("JOIN", "YES", "STOP", "START", "NO")}
_KEYS = "123456789*0#"


def is_page(request: Request) -> bool:
    return request.path.rstrip("/") == "/try" or _PATH.fullmatch(request.path) is not None


def answer_try(state: State, request: Request) -> Answer:
    match = _PATH.fullmatch(request.path)
    if match is None:
        return _page("Try a channel", _list(state))
    digits = request.query.get("as", TESTERS[0])
    channel, way, trial = trials.find(state, match[1], digits)
    if request.method == "POST":
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        before = len(trials.lines_of(state, way, trial))
        trials.act(state, channel, way, trial, form)
        _wait(state, way, trial, before + 2)
        return Answer(303, headers={"Location": f"{_address(trial)}#last", **_OWN})
    if request.method != "GET":
        raise ApiError(405, 405, "Method Not Allowed", "pages are read with GET")
    return _page(_title(channel), _phone(state, channel, way, trial))


# A form's post says where it comes from, so that another site's is refused.
_OWN = {"Referrer-Policy": "same-origin"}


def _wait(state: State, way: Way, trial: Trial, wanted: int) -> None:
    """For the reply, should one come by the platform's own sending."""
    ends_at = time.monotonic() + (_PATIENCE if way.replies else 0)
    while time.monotonic() < ends_at and len(trials.lines_of(state, way, trial)) <= wanted:
        time.sleep(0.05)


def _page(title: str, main: str) -> Answer:
    html = _PAGE.replace("{title}", escape(title)).replace("{main}", main)
    return Answer(200, html.encode(), {"Content-Type": "text/html; charset=utf-8", **_OWN})


def _title(channel: Json) -> str:
    kind, provider = str(channel["kind"]), str(channel["provider"])
    return f"{_LABELS.get(kind, kind)} over {provider}"


def _address(trial: Trial) -> str:
    return f"/try/{trial.slug}/?{urlencode({'as': trial.digits})}"


def _list(state: State) -> str:
    parts = []
    for kind, label in _LABELS.items():
        rows = [row for row in trials.channels(state) if row["kind"] == kind]
        links = "".join(
            f'<li><a href="/try/{quote(row["slug"])}/">{escape(str(row["provider"]))}</a></li>'
            for row in rows
        )
        parts.append(f"<section><h2>{label}</h2><ul class='list'>{links}</ul></section>" if rows else "")
    shown = "".join(parts) or "<p>Start the sandbox with the portal's own list: <code>--config</code>.</p>"
    lead = f"Each message is signed as its provider does and posted to the portal. {_NOBODY}"
    return f"<p class='lead'>{lead}</p>{shown}"


_NOBODY = "Testers have numbers that belong to nobody: what they do is a test, and is counted nowhere."


def _phone(state: State, channel: Json, way: Way, trial: Trial) -> str:
    lines = trials.lines_of(state, way, trial)
    said = "".join(_line(line, trial, way, is_last=line is lines[-1]) for line in lines)
    empty = "<li class='note'>Nothing yet. You begin.</li>"
    lead = f"<p class='lead'>{_NOBODY} <a href='/try/'>Other channels</a></p>"
    thread = f"<ol class='lines' aria-label='What was said'>{said or empty}</ol>"
    return f"{lead}{_testers(trial)}{thread}{_hands(way, trial)}"


def _testers(trial: Trial) -> str:
    rows = "".join(
        f'<option value="{digits}"{" selected" if digits == trial.digits else ""}>+{digits}</option>'
        for digits in TESTERS
    )
    return (
        f'<form class="who" action="/try/{trial.slug}/"><label for="as">I am</label> '
        f'<select id="as" name="as">{rows}</select> <button>Change</button></form>'
    )


def _line(line: Line, trial: Trial, way: Way, *, is_last: bool) -> str:
    kind = "note" if line.is_note else "mine" if line.mine else "theirs"
    mark = ' id="last"' if is_last else ""
    who = "" if line.is_note else f"<span class='hidden'>{'You' if line.mine else 'They'}: </span>"
    wire = ""
    if line.sent:
        parts = (escape(line.sent), escape(line.answer) or "(empty)")
        sent, told = (f"<pre tabindex='0'>{part}</pre>" for part in parts)
        wire = f"<details><summary>On the wire</summary>{sent}<p><b>Answer</b></p>{told}</details>"
    choices = "".join(_choice(choice, trial, way) for choice in line.choices)
    taps = f"<div class='taps'>{choices}</div>" if choices else ""
    said = f"<span class='said' dir='auto'>{escape(line.text)}</span>"
    return f"<li class='{kind}'{mark}>{who}{said}{taps}{wire}</li>"


def _choice(choice: Json, trial: Trial, way: Way) -> str:
    title = str(choice.get("title", ""))
    if choice.get("kind") == "link":
        # The real link opens WhatsApp: here it opens the phone that stands in for it.
        url = str(choice["url"]).replace("https://wa.me/", "/wa.me/")
        return f'<a class="button" href="{escape(url)}">{escape(title)}</a>'
    does = "share" if choice.get("kind") == "share" else "tap"
    if does not in way.acts:  # no recording tells how this provider speaks of a tap
        return f"<span class='button'>{escape(title)}</span>"
    return _form(
        trial, f"<button>{escape(title)}</button>", do=does, text=title, payload=str(choice.get("id", ""))
    )


def _form(trial: Trial, inside: str, **hidden: str) -> str:
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in hidden.items()
    )
    return f'<form method="post" action="{escape(_address(trial))}">{fields}{inside}</form>'


def _hands(way: Way, trial: Trial) -> str:
    """What can be done now."""
    if way.how in ("call", "ring"):
        return (
            _keypad(trial) if trial.next_url else _form(trial, "<button class='act'>Call</button>", do="ring")
        )
    if way.how == "session" and not trial.session:
        return _form(trial, "<button class='act'>Dial</button>", do="send")
    label = "Answer" if way.how == "session" else "Message"
    field = (
        f"<label for='text'>{label}</label><div class='row'>"
        "<input id='text' name='text' maxlength='4096' autocomplete='off' dir='auto'>"
        "<button class='act'>Send</button></div>"
    )
    words = "".join(
        _form(trial, f"<button>{word}</button>", do="send", text=word) for word in _WORDS.get(way.how, ())
    )
    end = _form(trial, "<button>Hang up</button>", do="hang_up") if way.how == "session" else ""
    refresh = f"<a class='button' href='{escape(_address(trial))}'>Look again</a>" if way.replies else ""
    return f"{_form(trial, field, do='send')}<div class='taps'>{words}{end}{refresh}</div>"


def _keypad(trial: Trial) -> str:
    keys = "".join(_form(trial, f"<button>{key}</button>", do="key", text=key) for key in _KEYS)
    more = _form(trial, "<button>Press nothing</button>", do="key", text="")
    end = _form(trial, "<button>Hang up</button>", do="hang_up")
    return (
        f"<div class='keys' role='group' aria-label='Keypad'>{keys}</div><div class='taps'>{more}{end}</div>"
    )
