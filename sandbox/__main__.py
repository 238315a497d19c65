"""`python -m sandbox`: start the platform's stand-in and stop it on Ctrl-C or SIGTERM."""

import signal
import sys
from collections.abc import Sequence
from types import FrameType

from sandbox.delivery import check_hook_url
from sandbox.exchange import ApiError
from sandbox.server import Server
from sandbox.settings import read_settings
from sandbox.state import State


def main(arguments: Sequence[str]) -> int:
    """Serve until stopped; 0 then, 1 when the sandbox could not start."""
    settings = read_settings(arguments)
    try:
        check_hook_url(settings.hook_url)
        server = Server(settings.port, State(settings))
    except (ApiError, OSError, OverflowError) as error:
        print(f"sandbox: cannot start on port {settings.port}: {error}", file=sys.stderr)
        return 1
    # A shell starts what runs in its background with Ctrl-C ignored, hence both by name.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    print(f"sandbox: {server.url}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.state.interrupted.set()
        server.server_close()
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
