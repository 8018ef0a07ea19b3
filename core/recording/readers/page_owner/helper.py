"""A second process that scans chunks of a large page_owner dump.

Chunks go over in shared memory, what was found comes back through a pipe. The helper ends when that
pipe closes, whatever became of the process at its other end, so it never outlives it.

Run as ``python -m`` this module ``PIPE MEMORY``, with two inherited descriptors.
"""

from __future__ import annotations

import mmap
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from types import TracebackType

from core.recording.readers.page_owner.scan import Scanned, Scanner

SLOT_BYTES = 4 << 20
"""The longest chunk that is handed over."""
_SLOTS = 2
"""One is scanned, one waits: so there is work for it while this process scans a chunk itself."""


def cpus() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Helper:
    """The other process, seen from the one that reads the dump. Use it in a ``with`` statement.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(self) -> None:
        with tempfile.TemporaryFile() as file:
            file.truncate(_SLOTS * SLOT_BYTES)
            self._memory = mmap.mmap(file.fileno(), _SLOTS * SLOT_BYTES)
            self._pipe, theirs = Pipe()
            with theirs:
                fds = (theirs.fileno(), file.fileno())
                self._process = subprocess.Popen(
                    [
                        sys.executable,
                        "-m",
                        "core.recording.readers.page_owner.helper",
                        *map(str, fds),
                    ],
                    pass_fds=fds,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
                )
        self._waiting: list[tuple[int, int]] = []
        self._free = list(range(_SLOTS))

    def __enter__(self) -> Helper:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._pipe.close()
        self._process.terminate()
        self._process.wait()
        self._memory.close()

    def takes(self, chunk: bytes) -> bool:
        """Return whether it has room for a chunk now."""
        return bool(self._free) and len(chunk) <= SLOT_BYTES

    def send(self, chunk: bytes) -> None:
        """Have a chunk scanned that it ``takes``."""
        slot = self._free.pop()
        begin = slot * SLOT_BYTES
        self._memory[begin : begin + len(chunk)] = chunk
        self._waiting.append((slot, len(chunk)))
        with suppress(OSError):  # where it is gone, that is found when its answer is asked for
            self._pipe.send((begin, len(chunk)))

    def has_answer(self) -> bool:
        """Return whether the first chunk that waits is done, or never will be."""
        return bool(self._waiting) and self._pipe.poll()

    def receive(self) -> Scanned:
        """Return what the chunk sent first holds, waiting for it.

        Raises:
            OSError, EOFError: The other process is gone.
        """
        answer: Scanned = self._pipe.recv()
        slot, _ = self._waiting.pop(0)
        self._free.append(slot)
        return answer

    def unanswered(self) -> list[bytes]:
        """Return the chunks sent that no answer came for, the first one first."""
        return [self._memory[s * SLOT_BYTES : s * SLOT_BYTES + n] for s, n in self._waiting]


def main(pipe_fd: int, memory_fd: int) -> None:
    """Scan what comes until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to both; ours is the pipe
    scanner = Scanner()
    with Connection(pipe_fd) as pipe, mmap.mmap(memory_fd, _SLOTS * SLOT_BYTES) as memory:
        try:
            while True:
                begin, length = pipe.recv()
                pipe.send(scanner.scan(memory[begin : begin + length]))
        except (EOFError, OSError):
            return


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
