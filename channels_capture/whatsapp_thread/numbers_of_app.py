"""For which number of an app each part of a webhook is, as the Cloud API and whoever passes it on say."""

import json
import re
from typing import Any, ClassVar

from channels_capture.base import Account, Adapter, Part
from channels_capture.reading import inner, json_object, objects, string

Raw = dict[str, Any]


class CloudAdapter(Adapter):
    """A provider whose webhooks name the number that each change is about."""

    names_accounts: ClassVar[bool] = True

    def part_for(self, account: Account, content: bytes) -> Part | None:
        envelope = json_object(content)
        kept, others = [], 0
        for entry in objects(envelope, "entry"):
            changes = list(objects(entry, "changes"))
            ours = [change for change in changes if _is_for(account, change)]
            others += len(changes) - len(ours)
            kept += [{**entry, "changes": ours}] if ours else []
        return Part(json.dumps({**envelope, "entry": kept}).encode(), others) if others else None


def _is_for(account: Account, change: Raw) -> bool:
    """By the number's id, or by the number itself: it may have a new id. What names neither is for all."""
    told = inner(change, "value", "metadata")
    id_, number = string(told, "phone_number_id"), string(told, "display_phone_number")
    is_same_number = bool(number) and _digits(number) == _digits(account.number)
    return id_ in ("", account.id) or is_same_number


def _digits(number: str) -> str:
    return re.sub(r"[^0-9]", "", number)
