"""A run in a process of its own, for the window: a request on stdin, progress on stdout.

Python threads share one interpreter lock: a busy one halves the window's frame rate, a process does
not. The finished trace is written to a file that the window reads and removes.

Protocol: one JSON request on stdin; on stdout lines ``progress N`` (events so far), then ``done``
or ``error SENTENCE``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from core.errors import OwnerscopeError
from core.scenario.loader import Value, parse
from core.scenario.run import Overrides, plan, run
from core.trace import file as trace_file


class Request(msgspec.Struct, frozen=True):
    """What to run and where to put the trace."""

    where: str
    text: str
    settings: dict[str, Value]
    guard: str | None
    max_depth: int | None
    arch: str | None
    kernel: str | None
    layout: str | None
    budget_events: int
    trace_path: str
    word: str | None = None


def request_for(
    where: str, text: str, settings: dict[str, Value], overrides: Overrides, trace_path: Path
) -> bytes:
    """Return the bytes that ask a worker for a run."""
    request = Request(
        where,
        text,
        settings,
        overrides.guard,
        overrides.max_depth,
        overrides.arch,
        overrides.kernel,
        overrides.layout,
        overrides.budget_events,
        str(trace_path),
        overrides.word,
    )
    return msgspec.json.encode(request)


def work(request: Request) -> None:
    """Do a request; progress goes to stdout."""
    overrides = Overrides(
        guard=request.guard,
        max_depth=request.max_depth,
        arch=request.arch,
        kernel=request.kernel,
        layout=request.layout,
        budget_events=request.budget_events,
        word=request.word,
    )
    planned = plan(parse(request.text, where=request.where), request.settings, overrides)
    trace = run(planned, progress=lambda events: _say(f"progress {events}"))
    trace_file.save(trace, Path(request.trace_path), compress=False)
    _say("done")


def _say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    """Serve one request."""
    try:
        work(msgspec.json.decode(sys.stdin.buffer.read(), type=Request))
    except OwnerscopeError as error:
        _say(f"error {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
