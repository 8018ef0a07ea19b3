"""Getting at a file's bytes, with errors a user can act on."""

from __future__ import annotations

import mmap
import os
import select
import stat
import sys
from pathlib import Path
from typing import BinaryIO

from core.errors import LayoutError

STANDARD_INPUT = "-"
"""The name that stands for what comes in through a pipe."""

LARGEST_STREAM_BYTES = 1 << 30
"""Of a pipe, whose end nobody knows, no more is taken in."""

_MAPPED_FROM_BYTES = 1 << 22
_CHUNK_BYTES = 1 << 20
_NO_MAPPING = ("/sys/", "/proc/")
"""Made by the kernel as they are read: cheaper to read, and most cannot be mapped."""


def read_file(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        LayoutError: It does not exist or may not be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error


_PATIENCE_MS = 5000
"""How long to wait for the other end of a pipe."""


def _opened_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _wait_for_a_writer(descriptor: int, where: str) -> None:
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    if not waiting.poll(_PATIENCE_MS):
        raise LayoutError(
            "is a pipe that nobody writes to", where=where, advice="start what writes to it first"
        )
    os.set_blocking(descriptor, True)


def contents(path: Path) -> bytes | memoryview:
    """Return a file's bytes; those of a large file are mapped, so that only what is used is read.

    Args:
        path: A file, or a pipe (``<(command)`` of a shell).

    Raises:
        LayoutError: It does not exist, may not be read, or is a device or a directory.
    """
    try:
        # Opened the usual way, a pipe that nobody writes to would be waited for, for ever.
        with open(path, "rb", opener=_opened_at_once) as stream:
            status = os.fstat(stream.fileno())
            if stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode):
                _wait_for_a_writer(stream.fileno(), str(path))
                return _read_stream(stream, str(path))
            if not stat.S_ISREG(status.st_mode):
                raise LayoutError(
                    "is a device, not a file", where=str(path), advice="give a kernel's file"
                )
            if status.st_size < _MAPPED_FROM_BYTES or str(path).startswith(_NO_MAPPING):
                return stream.read()
            return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:  # ValueError: it was emptied in between
        raise unreadable(path, error) from error


def standard_input() -> bytes:
    """Return all of the standard input.

    Raises:
        LayoutError: Nothing is piped into it, or more than a gigabyte.
    """
    where = "standard input"
    if sys.stdin is None or sys.stdin.isatty():
        advice = "pipe a kernel's BTF or pahole's text into it"
        raise LayoutError("is a terminal, nothing is piped in", where=where, advice=advice)
    try:
        return _read_stream(sys.stdin.buffer, where)
    except (OSError, ValueError) as error:
        raise LayoutError(f"cannot be read: {error}", where=where) from error


def unreadable(path: Path, error: Exception) -> LayoutError:
    """Return the error for a file that cannot be read."""
    reason = getattr(error, "strerror", None) or error
    return LayoutError(
        f"cannot be read: {reason}", where=str(path), advice="check the path and its permissions"
    )


def _read_stream(stream: BinaryIO, where: str) -> bytes:
    chunks, total_bytes = [], 0
    while chunk := stream.read(_CHUNK_BYTES):
        total_bytes += len(chunk)
        if total_bytes > LARGEST_STREAM_BYTES:
            raise LayoutError(
                "more than 1 GiB comes out of the pipe", where=where, advice="save it to a file"
            )
        chunks.append(chunk)
    return b"".join(chunks)
