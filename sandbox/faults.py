"""Trouble on request: the next calls that match are delayed, refused or cut off."""

from dataclasses import asdict, dataclass, fields, replace
from threading import Event

from sandbox.exchange import Answer, ApiError, DropConnection, Json, bad_request, status_title
from sandbox.limits import too_many

LONGEST_DELAY = 120.0


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, `times` times, with the calls that match.

    `when` is "before": a `status` or `drop` comes instead of the effect; or "after": the call
    has taken effect by then, and only its answer suffers.
    """

    times: int = 1
    method: str = ""
    path: str = "/v1/"
    token: str = ""
    when: str = "before"
    delay: float = 0
    status: int = 0
    code: int = 0
    retry_after: int = 1
    drop: bool = False

    def matches(self, method: str, path: str, token: str) -> bool:
        return self.method in ("", method) and path.startswith(self.path) and self.token in ("", token)

    def strike(self, interrupted: Event) -> Answer | None:
        """Wait, then cut off or answer; None when the call may go on."""
        if interrupted.wait(self.delay) or self.drop:
            raise DropConnection
        if self.status == 429:
            return too_many(self.retry_after)
        if not self.status:
            return None
        code, title = self.code or self.status, status_title(self.status)
        return ApiError(self.status, code, title, "a fault on request").answer()


def read_fault(raw: Json) -> Fault:
    """A fault from the control API; unknown or ill-typed members are refused."""
    known = {field.name: type(field.default) for field in fields(Fault)}
    for name, value in raw.items():
        if name not in known:
            raise bad_request(f"unknown: {name}; a fault has {', '.join(known)}")
        if type(value) not in ((int, float) if name == "delay" else (known[name],)):
            raise bad_request(f"{name} has the wrong type")
    fault = Fault(**raw)
    if fault.when not in ("before", "after") or not 0 <= fault.delay <= LONGEST_DELAY:
        raise bad_request(f"when is before or after, delay at most {LONGEST_DELAY:.0f} seconds")
    if fault.times < 1 or not (fault.delay or fault.status or fault.drop):
        raise bad_request("a fault needs a delay, a status or drop, and times of at least 1")
    if fault.status and not 400 <= fault.status <= 599:
        raise bad_request("status is 400 to 599")
    return fault


class Faults:
    """The faults in waiting; the oldest that matches is used first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, method: str, path: str, token: str) -> Fault | None:
        for place, fault in enumerate(self._waiting):
            if fault.matches(method, path, token):
                left = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                self._waiting[place : place + 1] = left
                return fault
        return None

    def as_json(self) -> list[Json]:
        return [asdict(fault) for fault in self._waiting]
