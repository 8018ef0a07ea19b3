"""A picture or film made in a process of its own, for the window.

Protocol: one ``Job`` as JSON on stdin; on stdout lines ``progress DONE FRAMES``, then ``done`` or
``error SENTENCE``.
"""

from __future__ import annotations

import sys
from time import monotonic

import msgspec

from core.errors import OwnerscopeError
from gui.render.command import offscreen_application
from gui.render.job import Job

_BETWEEN_S = 0.04
"""Progress is told no oftener: a pipe that fills stops who writes to it."""


class _Progress:
    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, done: int, number: int) -> None:
        now = monotonic()
        if now - self._last >= _BETWEEN_S:
            self._last = now
            _print(f"progress {done} {number}")


def _print(line: str) -> None:
    print(" ".join(line.split()), flush=True)


def main() -> int:
    """Serve one job."""
    try:
        job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
        application = offscreen_application()
        from gui.render.make import make

        make(job, _Progress())
        del application
    except OwnerscopeError as error:
        _print(f"error {error}")
        return 2
    except MemoryError:
        _print("error there is no memory for a picture of this size; make it smaller")
        return 2
    _print("done")
    return 0


if __name__ == "__main__":
    sys.exit(main())
