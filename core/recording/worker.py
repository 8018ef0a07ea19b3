"""A recording read in a process of its own, for the window: a request on stdin, progress on stdout.

Python threads share one interpreter lock: a busy one halves the window's frame rate, a process does
not. What was read is written to a file that the window reads and removes.

Protocol: one JSON request on stdin; on stdout lines ``progress READ TOTAL`` (bytes of the file),
then ``done profile``, ``done trace`` or ``error SENTENCE``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import msgspec

from core.errors import OwnerscopeError

PROFILE, TRACE = "profile", "trace"
"""What was read, and so which file it lies in."""
_BETWEEN_S = 0.04
"""Progress is told no oftener: a pipe that fills stops who writes to it."""


class Request(msgspec.Struct, frozen=True):
    """What to read, and where to put it.

    Attributes:
        path: The recording.
        result_path: Where the profile or trace goes.
    """

    path: str
    result_path: str


def work(request: Request, say: Callable[[str], None]) -> None:
    """Do a request.

    Args:
        request: What to read.
        say: Gets the lines of the protocol.

    Raises:
        RecordingError: The file cannot be read.
        OSError: The result cannot be written.
    """
    from core.recording.opening import open_recording

    recording = open_recording(Path(request.path), _Progress(say))
    result = Path(request.result_path)
    if recording.trace is not None:
        from core.trace import file as trace_file

        if not len(recording.trace):
            # A file of a trace has at least one event, and there is nothing to look at.
            from core.errors import RecordingError

            raise RecordingError(
                "no call or event in it could be understood",
                where=recording.name,
                advice=recording.reading.first_bad or "record it again",
            )
        # The notes stand beside the trace: its own file has no room for them.
        workspace = {
            "format": recording.format.name,
            "reading": msgspec.to_builtins(recording.reading),
        }
        trace_file.save(recording.trace, result, workspace=workspace, compress=False)
        say(f"done {TRACE}")
        return
    from core.recording import profile_file

    assert recording.profile is not None
    profile_file.save(
        recording.profile, recording.reading, result, format_name=recording.format.name
    )
    say(f"done {PROFILE}")


class _Progress:
    def __init__(self, say: Callable[[str], None]) -> None:
        self._say, self._last = say, 0.0

    def __call__(self, read: int, total: int) -> None:
        now = monotonic()
        if now - self._last >= _BETWEEN_S:
            self._last = now
            self._say(f"progress {read} {total}")


def _print(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    """Serve one request."""
    try:
        work(msgspec.json.decode(sys.stdin.buffer.read(), type=Request), _print)
    except OwnerscopeError as error:
        _print(f"error {error}")
        return 2
    except OSError as error:
        _print(f"error cannot hand over what was read: {error.strerror or error}; make room")
        return 2
    except MemoryError:
        _print("error the recording is too big for this machine's memory; cut it into parts")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
