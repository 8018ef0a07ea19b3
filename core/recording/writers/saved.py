"""The program's own saved trace."""

from __future__ import annotations

from typing import BinaryIO

from core.trace.file import compressed, to_bytes
from core.trace.trace import Trace


def write(content: Trace, stream: BinaryIO) -> None:
    """Write a trace as the window saves it."""
    stream.write(compressed(to_bytes(content)))
