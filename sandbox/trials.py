"""Trying a channel out: what a tester does with a phone becomes a signed webhook; what comes back is kept.

Testers have numbers that belong to nobody, which the portal takes as tests: nothing that they do is counted.
"""

import http.client
import time
from datetime import UTC, datetime

from sandbox import shapes
from sandbox.delivery import check_hook_url, post
from sandbox.exchange import ApiError, Json, bad_request
from sandbox.hearing import hear
from sandbox.shapes import WAYS, Way
from sandbox.signing import Post, signed
from sandbox.state import State
from sandbox.testers import TESTERS, Line, Trial

_LONGEST_ANSWER = 200_000
_MOST_KEPT = 200


def channels(state: State) -> list[Json]:
    """Those that can be tried, as ``seed_demo`` lists them."""
    return [row for row in state.settings.channels if name_of(row) in WAYS]


def name_of(channel: Json) -> str:
    return f"{channel.get('kind')}/{channel.get('provider')}"


def find(state: State, slug: str, digits: str) -> tuple[Json, Way, Trial]:
    channel = next((row for row in channels(state) if row["slug"] == slug), None)
    if channel is None or digits not in TESTERS:
        raise ApiError(404, 404, "Not Found", "no such channel or tester")
    with state.lock:
        trial = state.trials.setdefault((slug, digits), Trial(slug, digits))
    return channel, WAYS[name_of(channel)], trial


def lines_of(state: State, way: Way, trial: Trial) -> list[Line]:
    """Everything in order: what was done here, and what came by the platform's own sending."""
    with state.lock:
        came = list(state.chats.get(f"{way.replies}/{trial.bot_id if way.is_bot else trial.digits}", ()))
        if way.replies == "whatsapp":
            messages = (m for m in state.messages.values() if m.contact == trial.digits)
            outward = (m for m in messages if m.direction == "outbound")
            came = [Line(m.n, False, m.text, tuple(m.choices)) for m in outward]
        return sorted([*trial.lines, *came], key=lambda line: line.n)


def act(state: State, channel: Json, way: Way, trial: Trial, form: dict[str, str]) -> None:
    """Do it: one webhook, and what the portal answered to it."""
    name, text = form.get("do", "send"), form.get("text", "")[:4096]
    if name in ("hang_up", "again") or (name == "key" and not trial.next_url):
        _end(state, trial, "You hung up." if name == "hang_up" else "")
        return
    begins = name == "ring" or (way.how == "session" and not trial.session)
    if begins:
        trial.session, trial.next_url, trial.typed = str(time.time_ns()), "", []
    elif way.how == "session":
        trial.typed.append(text)
    shape = way.acts.get(name)
    if shape is None:
        raise bad_request(f"here one can {', '.join(way.acts)}")
    _note(state, trial, Line(0, True, _shown(way, name, text)))
    _send(state, channel, way, trial, shape, {**form, "text": text})


def _shown(way: Way, name: str, text: str) -> str:
    if name == "ring" or (way.how == "session" and not text):
        return "You dialled."
    if name == "share":
        return "You shared your number."
    return text if text or name == "send" else "(no key)"


def _send(
    state: State, channel: Json, way: Way, trial: Trial, shape: shapes.Shape, form: dict[str, str]
) -> None:
    body, content_type = shapes.fill(name_of(channel), shape, _values(trial, form))
    url = check_hook_url(trial.next_url or str(channel["hook_url"]))
    headers = {"Content-Type": content_type} if content_type else {}
    if not content_type:
        url, body = f"{url}?{body.decode()}", b""
    made = signed(way.sign, Post(url, body, headers), str(channel.get("secret") or ""))
    _open_window(state, way, trial)
    try:
        status, answer = post(made.url, made.body, made.headers, most=_LONGEST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        status, answer = 0, f"{type(error).__name__}: {error}"
    _take(state, way, trial, made, status, answer)


def _take(state: State, way: Way, trial: Trial, made: Post, status: int, answer: str) -> None:
    sent = "\n".join([made.url, *(f"{n}: {v}" for n, v in made.headers.items()), "", made.body.decode()])
    note = f"The portal answered {status}." if status else "The portal did not answer."
    _note(state, trial, Line(0, False, note, is_note=True, sent=sent, answer=answer))
    heard = hear(way.answer, answer) if status == 200 else hear("", "")
    for text in heard.texts:
        _note(state, trial, Line(0, False, text))
    trial.next_url = heard.next_url
    if way.how in ("call", "session") and not heard.goes_on:
        _end(state, trial, "It is over.")


def _end(state: State, trial: Trial, note: str) -> None:
    trial.session, trial.next_url, trial.typed = "", "", []
    if note:
        _note(state, trial, Line(0, False, note, is_note=True))


def _note(state: State, trial: Trial, line: Line) -> None:
    with state.lock:
        numbered = Line(
            state.next_number(), line.mine, line.text, line.choices, line.is_note, line.sent, line.answer
        )
        trial.lines = [*trial.lines, numbered][-_MOST_KEPT:]


def _open_window(state: State, way: Way, trial: Trial) -> None:
    """Whoever writes by WhatsApp may be answered for 24 hours."""
    if way.replies == "whatsapp":
        with state.lock:
            contact = state.find_contact(trial.digits) or state.make_contact(trial.digits, name="Tester")
            contact.last_inbound_at = int(time.time())


def _values(trial: Trial, form: dict[str, str]) -> dict[str, str]:
    now = time.time()
    written = datetime.fromtimestamp(int(now), UTC)
    return {
        "digits": trial.digits,
        "bot_id": trial.bot_id,
        "text": form.get("text", ""),
        "payload": form.get("payload", ""),
        "history": "*".join(trial.typed),
        "session": trial.session,
        "id": str(time.time_ns()),
        "count": str(time.time_ns() // 1_000_000),
        "seconds": str(int(now)),
        "milliseconds": str(int(now * 1000)),
        "iso": written.isoformat(),
        "spaced": written.strftime("%Y-%m-%d %H:%M:%S"),
    }
