"""The demo's broker: kombu's folder of files, made safe for several processes.

kombu opens a message's file under its final name and writes afterwards, and it makes an exchange's
table the same way; a reader that comes between the two meets an empty file, and a worker ends on it.
"""

import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # as kombu does
        """Put a message on the queue: written beside its place and moved there whole."""
        folder = self.data_folder_out
        unfinished = os.path.join(folder, f"{uuid.uuid4()}.part")
        with open(unfinished, "w", encoding="utf-8") as file:
            file.write(dumps(payload))
        # The oldest name is read first.
        os.rename(unfinished, os.path.join(folder, f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"))

    def get_table(self, exchange: str) -> Any:
        with self._tables():
            return super().get_table(exchange)

    def _queue_bind(self, *args: Any) -> None:
        with self._tables():
            super()._queue_bind(*args)

    def _delete(self, *args: Any, **kwargs: Any) -> None:
        with self._tables():
            super()._delete(*args, **kwargs)

    @contextmanager
    def _tables(self) -> Iterator[None]:
        """Hold the tables of the exchanges alone; the lock goes with the process."""
        with open(self.control_folder / "lock", "w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    Channel = Channel
