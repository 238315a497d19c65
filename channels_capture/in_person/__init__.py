"""Somebody at the counter, at an event or at their own door: read to by staff, or alone with a kiosk."""

from channels_capture.base import Desk, Kind

KIND = Kind(
    label="In person",
    desk=Desk(noted="place", label="Place", example="Reception, Cape Town", has_kiosk=True, keeps_noted=True),
)
