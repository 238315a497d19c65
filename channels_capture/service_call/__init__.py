"""A call with customer service: the agent reads the script, the caller sends the code by WhatsApp.

What the agent ticks is what the caller said. It is worth as much as can be looked up: the call's id.
"""

from channels_capture.base import Desk, Kind

KIND = Kind(label="Service call", desk=Desk(noted="call", label="Id of the call", example="CA-2026-0419"))
