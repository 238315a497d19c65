"""``record()`` at the database: its own statements, driven by pgbench, against a lock that everybody needs.

The statements are those that ``record()`` sends for one act, as they are, with other people and ids put in
for each transaction. Beside them the same with one row per organisation held from the beginning to the end:
what a hash chain, in which each event holds the digest of the one before, asks of its writers.

How much that costs depends on the disk: whoever holds the row waits for it alone, and of the others many wait
together. So both are driven on this machine's disk, and once more as on one that takes longer.
"""

import os
import subprocess
import tempfile
import time
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from psycopg.sql import Literal

from channels_capture.seed import Demo
from optins.consent.recording import record
from optins.consent.signal import ConsentSignal
from optins.models import ConsentEvent, ConsentRecord, Contact, Evidence, Purpose
from tests import services

CLIENTS = 32
SECONDS = 8
PEOPLE = 2_000
SLOW_FLUSH = 2_000  # microseconds: a disk that is reached over a network
# Keys that stand in the captured statements and nowhere else; pgbench puts others in their place.
FIRST = 700_000_000
# The head before is a part of the event's bytes: it is read first, held, and written last.
_HEAD = "SELECT head FROM bench_chain WHERE id = 1 FOR UPDATE;"
_NEXT = "UPDATE bench_chain SET head = md5(head) WHERE id = 1;"
# Of each client's own: a person, a number that grows, and one that does not.
_PREPARE = """\\set person random({first}, {last})
\\set counter :counter + 1
\\set chance random(1, 9000000000000000000)
"""
_EVENT = "lpad((:client_id * 1000000000000 + :counter)::text, 32, '0')::uuid"
_KEY = "md5((:chance)::text) || md5((:counter)::text)"


def rates(demo: Demo) -> dict[str, float]:
    """Acts a second with 32 clients: as it is, and chained; and one process's, by the door and by hand."""
    purpose = Purpose.objects.filter(organisation=demo.organisation).first()
    assert purpose  # noqa: S101  the clinic has two
    people = _people(demo)
    script = _script(demo, purpose, people[0])
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_chain (id int PRIMARY KEY, head text)")
        cursor.execute("INSERT INTO bench_chain VALUES (1, 'begun')")
        cursor.execute("ANALYZE")  # as in a database that has run for a day
    chained = script.replace("BEGIN;", f"BEGIN;\n{_HEAD}", 1).replace("COMMIT;", f"{_NEXT}\nCOMMIT;", 1)
    return {
        "statements": _pgbench(script),
        "chained": _pgbench(chained),
        "statements-slow": _pgbench(script, SLOW_FLUSH),
        "chained-slow": _pgbench(chained, SLOW_FLUSH),
        "door": _by(lambda number: record(_signal(demo, purpose, people[number % PEOPLE], str(number)))),
        "three-writes": _by(lambda number: _plain(demo, purpose, people[number % PEOPLE], str(number))),
    }


def _people(demo: Demo) -> list[Contact]:
    rows = [Contact(pk=FIRST + place, organisation=demo.organisation) for place in range(PEOPLE)]
    return Contact.objects.bulk_create(rows)


def _signal(demo: Demo, purpose: Purpose, person: Contact, number: str) -> ConsentSignal:
    now = timezone.now()
    return ConsentSignal(
        organisation=demo.organisation,
        contact=person,
        kind=ConsentEvent.Kind.GIVEN,
        purposes=(purpose,),
        actor=ConsentEvent.Actor.PERSON,
        door=ConsentEvent.Door.API,
        connection="statements",
        id=number,
        occurred_at=now,
        received_at=now,
        evidence={"form": number},
    )


def _script(demo: Demo, purpose: Purpose, person: Contact) -> str:
    """The statements of a second act of somebody, for pgbench."""
    record(_signal(demo, purpose, person, "first"))
    sent: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params or ()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        event = record(_signal(demo, purpose, person, "second")).events[0]
    ours = {event.pk: _EVENT, event.pk.hex: _EVENT, event.key: _KEY, FIRST: ":person"}
    lines = [_line(sql, params, ours) for sql, params in sent]
    return "\n".join((_PREPARE.format(first=FIRST, last=FIRST + PEOPLE - 1), "BEGIN;", *lines, "COMMIT;", ""))


def _line(statement: str, params: Any, ours: dict[Any, str]) -> str:
    """One statement with its values; for ours, what pgbench puts in their place."""
    return (statement % tuple(_written(value, ours) for value in params)).replace("\n", " ") + ";"


def _written(value: Any, ours: dict[Any, str]) -> str:
    if isinstance(value, int | str | UUID) and value in ours:
        return ours[value]
    # pgbench takes what follows a colon for a name, also between quotes.
    if isinstance(value, datetime):
        return f"to_timestamp({value.timestamp()!r})"
    text = Literal(value).as_string(connection.connection)
    return text.replace(":", "'||chr(58)||'") if isinstance(value, str) else text


def _pgbench(script: str, flush: int = 0) -> float:
    """Transactions a second, with prepared statements, as the portal sends them.

    ``flush``: microseconds that each flush to the disk takes longer, for all who wait for it.
    """
    where = connection.get_connection_params()
    env = os.environ | {"PGOPTIONS": f"-c commit_delay={flush} -c commit_siblings=0"}
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        words = [services.program("pgbench"), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2"]
        words += ["-D", f"counter={ConsentEvent.objects.count()}"]
        words += ["-T", str(SECONDS), "-f", file.name, "-h", str(where["host"]), "-U", str(where["user"])]
        words += [str(where["dbname"])]
        done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("tps")]
    if done.returncode or not lines or "number of failed transactions: 0 " not in done.stdout:
        raise SystemExit(f"pgbench did not get through:\n{done.stdout[-800:]}{done.stderr[-800:]}")
    return float(lines[0].split()[2])


def _by(work: Any) -> float:
    numbers, begun, done = count(), time.perf_counter(), 0
    while time.perf_counter() - begun < SECONDS / 2:
        work(next(numbers))
        done += 1
    return done / (time.perf_counter() - begun)


@transaction.atomic
def _plain(demo: Demo, purpose: Purpose, person: Contact, number: str) -> None:
    """The plain way: three writes, no lock, no fold, nothing looked up."""
    now = timezone.now()
    event = ConsentEvent.objects.create(
        organisation=demo.organisation,
        contact=person,
        purpose=purpose,
        kind=ConsentEvent.Kind.GIVEN,
        actor=ConsentEvent.Actor.PERSON,
        door=ConsentEvent.Door.API,
        occurred_at=now,
        received_at=now,
        recorded_at=now,
        key=f"plain-{number}",
        mac="none",
    )
    Evidence.objects.create(event=event, part=Evidence.Part.ACT, payload={"form": number}, salt="none")
    ConsentRecord.objects.update_or_create(contact=person, purpose=purpose, defaults={"grant": event})
