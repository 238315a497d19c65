"""Everything the sandbox knows: in memory only, gone when it stops, behind one lock.

Handlers hold `State.lock` while they read or change; nobody holds it while waiting, posting a
webhook or writing to a socket.
"""

from collections import deque
from dataclasses import dataclass
from hmac import compare_digest
from threading import Event, RLock

from sandbox.exchange import Json
from sandbox.faults import Faults
from sandbox.limits import Limits
from sandbox.people import BSUID, Contact, preset_name
from sandbox.records import Call, Delivery, Message
from sandbox.schema import Schema
from sandbox.settings import Settings
from sandbox.testers import Line, Trial

KEPT = 1000
RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, 60.0)


@dataclass(frozen=True, slots=True)
class Hook:
    """Where webhooks go, what signs them, and the pauses before each further attempt."""

    url: str = ""
    secret: str = ""
    retry_seconds: tuple[float, ...] = RETRY_SECONDS


class State:
    """The platform's data and switches."""

    def __init__(self, settings: Settings) -> None:
        self.lock = RLock()
        self.interrupted = Event()
        self.settings = settings
        self.tokens = dict(settings.tokens)
        self.number = settings.number
        self.hook = Hook(settings.hook_url, settings.hook_secret)
        self._count = 0
        self.clear()

    def clear(self) -> None:
        """Forget everything but the tokens, the number and the hook; counting goes on.

        What waits, a held-up call or a redelivery, belongs to what is forgotten and ends.
        """
        self.interrupted.set()
        self.interrupted = Event()
        self.contacts: dict[str, Contact] = {}
        self.messages: dict[str, Message] = {}
        self.calls: deque[Call] = deque(maxlen=KEPT)
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT)
        self.schema = Schema()
        self.faults = Faults()
        self.trials: dict[tuple[str, str], Trial] = {}
        self.chats: dict[str, list[Line]] = {}
        self.limits = Limits(self.settings.limit, self.settings.limit_seconds)

    def next_number(self) -> int:
        """Counts messages, calls and webhooks, so that their order can be told."""
        with self.lock:
            self._count += 1
            return self._count

    def name_of(self, token: str) -> str:
        """The name of the token that was presented; "" when it is none of ours."""
        given = token.encode()
        names = [name for name, known in self.tokens.items() if compare_digest(known.encode(), given)]
        return names[0] if names else ""

    def find_contact(self, contact_id: str) -> Contact | None:
        """By number or BSUID; somebody who showed both is found by either."""
        if contact_id in self.contacts:
            return self.contacts[contact_id]
        if not BSUID.fullmatch(contact_id):
            return None
        return next((c for c in self.contacts.values() if c.bsuid == contact_id), None)

    def make_contact(self, contact_id: str, *, name: str = "") -> Contact:
        bsuid = contact_id if BSUID.fullmatch(contact_id) else None
        contact = Contact(contact_id, bsuid, name or preset_name(contact_id), {})
        if contact.digits:
            contact.fields["whatsapp_id"] = contact.digits
        self.contacts[contact_id] = contact
        return contact

    def fields_of(self, contact: Contact) -> Json:
        """The fields of the schema in force, with its defaults for what was never set."""
        return {name: contact.fields.get(name, default) for name, default in self.schema.defaults().items()}
