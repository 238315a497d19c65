"""Having SQLite overwrite what was removed: until then it lies in the write-ahead log, and in the file.

https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
"""

import structlog
from django.db import OperationalError, connection

log = structlog.get_logger(__name__)
# Somebody may wait for an answer; where others read for longer, the hourly job does it.
_PATIENCE_MS = 500


def overwrite() -> bool:
    """Bring the log into the file and empty it; whether that was possible, as no other connection reads.

    Pages that nothing stands on any more are zeroed by ``secure_delete`` (settings.py). Elsewhere than on
    SQLite it does nothing.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy = bool(cursor.fetchone()[0])
        except OperationalError:
            is_busy = True
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
    if is_busy:
        log.info("the log of the database could not be emptied: others read it")
    return not is_busy
