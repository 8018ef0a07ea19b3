"""What one line of a stack says, as the kernel and the tools that read it write it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from core.recording.profile import KERNEL, Frame

_FRAME = re.compile(
    r"(?P<symbol>.*?)"
    r"(?:\s+(?:<[0-9a-f]+>|\((?:0x)?[0-9a-f]{4,16}\)))?"  # sym-addr; trace-cmd -O parent
    r"(?:\s+\[(?P<module>[^\s\]]+)(?:\s+[0-9a-f]+)?\])?"  # 5.14: a build id may follow the name
    r"(?:\s+\([A-Z]+\))?",  # arm64, 6.14: where the entry comes from
    re.DOTALL,
)
_OFFSET = re.compile(r"\+0x[0-9a-f]+(?:/0x[0-9a-f]+)?$")
_ADDRESS = re.compile(r"(?:0x)?[0-9a-f]{8,16}$")


@lru_cache(maxsize=1 << 16)
def frame_of(text: str) -> Frame:
    """Return the frame a line names: ``symbol+0xoffset/0xsize [module]``, in part or whole.

    An address beside the symbol is left out of the frame's text: it says the same once more, and
    differs from boot to boot.
    """
    text = text.strip()
    found = _FRAME.fullmatch(text)
    symbol = found["symbol"] if found is not None else text
    module = (found["module"] or "") if found is not None else ""
    if not symbol:  # what is in brackets is all there is: [unknown]
        return Frame(text, text)
    written = f"{symbol} [{module}]" if module else symbol
    return Frame(name_of(symbol), written, module)


def name_of(symbol: str) -> str:
    """Return a symbol without its offset; one that is only an offset stays as it is."""
    return _OFFSET.sub("", symbol) or symbol


def is_address(text: str) -> bool:
    """Return whether a frame is a bare address: code that has no symbol."""
    return _ADDRESS.match(text) is not None


def module_of(frames: Sequence[Frame]) -> str:
    """Return the module of the innermost frame that has one, else the kernel itself.

    Args:
        frames: Root first.
    """
    return next((frame.module for frame in reversed(frames) if frame.module), KERNEL)
