"""Message ids in the platform's shape, which, as on the platform, give the number away."""

import base64
import secrets


def outbound_id(contact_id: str) -> str:
    """`wamid.` and base64 of a frame that holds the recipient's identifier."""
    person = contact_id.encode()
    frame = b"\x1d\x18" + bytes([len(person)]) + person + b"\x15\x02\x00\x11\x18\x12"
    return "wamid." + base64.b64encode(frame + secrets.token_hex(9).upper().encode()).decode()


def inbound_id(contact_id: str) -> str:
    """URL-safe base64 of a fixed head, the sender's identifier two digits a byte, and chance."""
    digits = "".join(character for character in contact_id if character.isdigit())[:20]
    packed = bytes.fromhex(digits + "0" * (len(digits) % 2))
    frame = b"\x00\x11\x86" + packed + secrets.token_bytes(11)
    return base64.urlsafe_b64encode(frame).decode().rstrip("=")
