"""``./dev run`` as a process, and everything a person, a phone and a messaging system do to it over HTTP."""

import json
import os
import re
import signal
import subprocess
from contextlib import suppress
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx

from config.supervisor import ROOT
from sandbox.testing import RunningSandbox
from tests import environment
from tests.services import free_port, processes_with, wait_until


class Demo:
    """One demo with a folder and ports of its own."""

    def __init__(self, folder: Path) -> None:
        self.var, self.output = folder / "var", folder / "output"
        port, sandbox_port = free_port(), free_port()
        self.env = environment.outside() | {
            "VAR_DIR": str(self.var),
            "PORT": str(port),
            "SANDBOX_PORT": str(sandbox_port),
        }
        self.portal = f"http://127.0.0.1:{port}"
        self.sandbox = RunningSandbox(f"http://127.0.0.1:{sandbox_port}")
        self.client = httpx.Client(trust_env=False, timeout=30)
        self.process: subprocess.Popen[bytes] | None = None

    # The process

    def start(self) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [ROOT / "dev", "run"],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_until(lambda: "Ready." in self.said() or self.has_ended(), seconds=200)
        assert not self.has_ended(), self.said()

    def stop(self) -> int:
        """Ask it to end; its exit status."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def close(self) -> None:
        """Leave nothing behind, whatever a test has done."""
        self.client.close()
        if not self.has_ended():
            self.stop()
        for process in self.running():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def running(self) -> list[int]:
        """Every process that this demo began and that has not ended."""
        return processes_with(f"VAR_DIR={self.var}\0")

    def worker(self) -> int:
        """The process that does the tasks; its timetable is a child in its group."""
        leaders = [each for each in self.running() if os.getpgid(each) == each]
        return next(each for each in leaders if b"celery" in Path(f"/proc/{each}/cmdline").read_bytes())

    def said(self) -> str:
        return self.output.read_text()

    def manage(self, *words: str) -> str:
        """The standard output of ``./dev manage``."""
        answer = subprocess.run(
            [ROOT / "dev", "manage", *words],
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        return answer.stdout

    @property
    def details(self) -> dict[str, Any]:
        return json.loads((self.var / "demo.json").read_text())

    def channel(self, kind: str, place: int = 0) -> dict[str, Any]:
        return [each for each in self.details["channels"] if each["kind"] == kind][place]

    # The page

    def choose(self, page: str, *purposes: str, **fields: str) -> str:
        """Fill in the page as a person does; the sentence of its link."""
        shown = self.client.get(page)
        assert shown.status_code == 200
        token = re.search(r'name="token" value="([^"]+)"', shown.text)
        assert token
        form = {"purposes": list(purposes), "token": unescape(token[1]), **fields}
        # Nobody reads and chooses within two seconds: until then the page says so, and nothing is made.
        answer = wait_until(lambda: self._posted(page, form), seconds=20)
        link = re.search(r'"(https://wa\.me/\d+\?text=[^"]+)"', answer.text)
        assert link
        return unquote(unescape(link[1]).partition("?text=")[2])

    def _posted(self, page: str, form: dict[str, Any]) -> httpx.Response | None:
        answer = self.client.post(page, data=form, headers={"Origin": self.portal})
        assert answer.status_code in (200, 422), answer.text
        return answer if answer.status_code == 200 else None

    # The gate

    def gate(self, purpose: str = "appointment-reminders", **who: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.details['api_key']}"}
        question = {"purpose": purpose, "form": "template", **who}
        answer = self.client.post(f"{self.portal}/api/v1/gate", json=question, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def reason(self, purpose: str = "appointment-reminders", **who: str) -> str:
        return str(self.gate(purpose, **who)["reason"])

    def consents_to(self, purpose: str, **who: str) -> bool:
        """Whether marketing is allowed, now or when it is day where the person is."""
        return self.reason(purpose, **who) in {"consent", "quiet_hours"}

    def events(self) -> str:
        """The whole ledger, as text: kind and key of every event."""
        code = "from optins.models import ConsentEvent as E; print([*E.objects.values_list('kind', 'key')])"
        return self.manage("shell", "--verbosity", "0", "--command", code)

    # The phone

    def write(self, text: str = "", **more: Any) -> dict[str, Any]:
        """A message from ``from`` (digits) or ``bsuid``; the portal has taken it when this returns."""
        message = more if "button" in more else {"text": text, **more}
        sent = self.sandbox.control("POST", "/sandbox/phone/send", message)
        assert sent["state"] == "accepted", sent
        return sent

    def held(self, person: str) -> dict[str, Any]:
        """What the sender holds about somebody: the fields of their profile."""
        contact = self.sandbox.state()["contacts"].get(person)
        return contact["fields"] if contact else {}

    def comes_to_hold(self, person: str, opted_in: bool) -> dict[str, Any]:

        def holds() -> dict[str, Any] | None:
            fields = self.held(person)
            return fields if fields.get("opted_in") is opted_in else None

        return wait_until(holds, seconds=120)

    def received(self, person: str, count: int) -> dict[str, Any]:
        """The newest of so many messages on somebody's phone, once it is there."""

        def newest() -> Any:
            messages = self.sandbox.state(person)["messages"]
            got = [message for message in messages if message["direction"] == "outbound"]
            return got[-1] if len(got) >= count else None

        return wait_until(newest, seconds=120)

    def tap(self, person: dict[str, str], message: dict[str, Any], title: str) -> None:
        choice = next(c for c in message["choices"] if c["title"].startswith(title))
        button = {"id": choice["id"], "title": choice["title"]}
        self.write(button=button, context_id=message["id"], **person)
