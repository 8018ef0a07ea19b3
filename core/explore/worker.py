"""An exploration in a process of its own, for the window: a request on stdin, progress on stdout.

Python threads share one interpreter lock: a busy one halves the window's frame rate, a process does
not. The answer is written to a file that the window reads and removes.

Protocol: one JSON request on stdin; on stdout lines ``progress {...}`` (``Progress`` as JSON), then
``done`` or ``error SENTENCE``. Told to end (SIGTERM) it stops where it is, writes what was found,
and says ``done``: the answer says of itself that it is not complete.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from core.errors import OwnerscopeError
from core.explore.request import ExploreRequest, MakeSubject
from core.explore.result import Progress


class Request(msgspec.Struct, frozen=True):
    """What to explore, and where to put the answer.

    Attributes:
        explore: What.
        result_path: Where the ``Exploration`` goes, as JSON.
    """

    explore: ExploreRequest
    result_path: str


def request_for(request: ExploreRequest, result_path: Path) -> bytes:
    """Return the bytes that ask a worker for an exploration."""
    return msgspec.json.encode(Request(request, str(result_path)))


def work(
    request: Request,
    say: Callable[[str], None],
    halted: Callable[[], bool],
    make: MakeSubject | None = None,
) -> None:
    """Do a request.

    Args:
        request: What to explore, and where the answer goes.
        say: Gets the lines of the protocol.
        halted: Says whether to stop.
        make: Makes the subject; the simulated kernel's if not given.

    Raises:
        OwnerscopeError: The scenario, a bound or a property is none.
        OSError: The answer cannot be written.
    """
    from core.explore.explore import Ticker, explore

    def tell(progress: Progress) -> None:
        say(f"progress {msgspec.json.encode(progress).decode()}")

    done = explore(request.explore, make, Ticker(tell, halted))
    Path(request.result_path).write_bytes(msgspec.json.encode(done))
    say("done")


def _print(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    """Serve one request."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: told.append(number))
    try:
        work(msgspec.json.decode(sys.stdin.buffer.read(), type=Request), _print, lambda: bool(told))
    except OwnerscopeError as error:
        _print(f"error {error}")
        return 2
    except OSError as error:
        _print(f"error cannot hand over what was found: {error.strerror or error}; make room")
        return 2
    except MemoryError:
        _print("error the exploration is too big for this machine's memory; choose a lower bound")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
