"""Writing a file so that what was there is never half overwritten."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


def write_aside(path: Path, data: bytes) -> None:
    """Write a file beside its place and rename it there; what was there stays until then.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    with opened_aside(path) as stream:
        stream.write(data)


@contextlib.contextmanager
def opened_aside(path: Path) -> Iterator[BinaryIO]:
    """Open a file beside its place for writing, and rename it there when all went well.

    A pipe or a device cannot be replaced by a file: it is written as it is.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as stream:
            yield stream
        aside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise
