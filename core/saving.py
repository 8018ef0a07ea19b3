"""Writing a file so that what was there is never half overwritten."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_aside(path: Path, data: bytes) -> None:
    """Write a file beside its place and rename it there; what was there stays until then.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_bytes(data)
        aside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise
