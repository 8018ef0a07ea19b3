"""A worker that explores nothing: what it answers is told by how many failures it may try."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from core.explore.result import Exploration, Progress
from core.explore.worker import Request
from tests.gui.explored import broken, two_tasks, verified

BREAKS, HOLDS, UNTIL_STOPPED, COMPLAINS, DIES, DEAF, DAMAGED = range(7)


def _say(line: str) -> None:
    print(line, flush=True)


def _progress(broken: tuple[str, ...] = ()) -> None:
    told = Progress(
        runs=1_200, states=300, pruned=700, frontier=41, cost=1, seconds=0.5, broken=broken
    )
    _say(f"progress {msgspec.json.encode(told).decode()}")


def _hand_over(path: str, found: Exploration) -> None:
    Path(path).write_bytes(msgspec.json.encode(found))
    _say("done")


def _wait_for(act: Callable[[], None]) -> None:
    """Act when told to end; SIGTERM must be expected before anybody hears of progress."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    _progress(("guard-clear",))
    signal.sigwait({signal.SIGTERM})
    act()


def main() -> int:
    """Serve one request."""
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
    path, what = request.result_path, request.explore.bound.failures
    if what == UNTIL_STOPPED:
        _wait_for(lambda: _hand_over(path, broken(complete=False)))
    elif what == DEAF:
        _wait_for(lambda: None)
        signal.sigwait({signal.SIGINT})
    elif what == COMPLAINS:
        _say("error the scenario cannot be explored; choose another one")
        return 2
    elif what == DIES:
        return 9
    elif what == DAMAGED:
        Path(path).write_bytes(b"{")
        _say("done")
    else:
        _progress()
        graph = two_tasks(4)
        _hand_over(path, verified(graph=graph) if what == HOLDS else broken(graph))
    return 0


if __name__ == "__main__":
    sys.exit(main())
