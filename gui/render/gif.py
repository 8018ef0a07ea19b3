"""A GIF written frame by frame: one palette, and of each frame only what has changed."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import numpy.typing as npt

from gui.render.palette import UNCHANGED, Palette

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from gui.render.palette import Bytes

_FOREVER = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
_LONGEST_CS = 65_535
_BITS = UNCHANGED.bit_length()
_KEEP = 1
"""What is drawn stays, and the next frame is drawn over it."""
_MARGIN = 64
"""Changes that lie apart are one rectangle: its unchanged middle packs to next to nothing."""


class GifWriter:
    """Writes a GIF.

    Args:
        stream: Where to.
        size: Width and height in pixels.
        palette: The colours of all frames.
        fps: Frames a second.
    """

    def __init__(self, stream: BinaryIO, size: tuple[int, int], palette: Palette, fps: int) -> None:
        self._stream, self._size, self._palette = stream, size, palette
        self._second_cs = 100 / fps
        self._frames, self._written_cs = 0, 0
        self._before: Bytes | None = None
        table = np.zeros((UNCHANGED + 1, 3), np.uint8)
        table[: len(palette.colours)] = palette.colours
        head = b"GIF89a" + struct.pack("<HHBBB", *size, 0xF0 | _BITS - 1, 0, 0)
        stream.write(head + table.tobytes() + _FOREVER)

    def add(self, image: QImage, count: int) -> None:
        """Add a frame that stands for as long as so many frames.

        Delays are hundredths of a second: what rounding leaves out is made up for later.
        """
        now = self._palette.numbers(image)
        self._frames += count
        until = round(self._frames * self._second_cs)
        delay, self._written_cs = until - self._written_cs, until
        self._write(now, min(delay, _LONGEST_CS))
        self._before = now

    def _write(self, now: Bytes, delay_cs: int) -> None:
        left, top, part = 0, 0, now
        if self._before is not None:
            left, top, part = _changed(self._before, now)
        from PIL import Image

        height, width = part.shape
        control = struct.pack("<BBBBHBB", 0x21, 0xF9, 4, _KEEP << 2 | 1, delay_cs, UNCHANGED, 0)
        place = struct.pack("<BHHHHB", 0x2C, left, top, width, height, 0)
        self._stream.write(control + place + bytes([_BITS]))
        # The encoder of Pillow's own GIF writer: LZW in blocks.
        packed = Image.frombuffer("P", (width, height), part.tobytes(), "raw", "P", 0, 1)
        self._stream.write(packed.tobytes("gif", ("P", _BITS, 0)) + b"\x00")

    def close(self) -> None:
        """Write the end."""
        self._stream.write(b";")


def _changed(before: Bytes, now: Bytes) -> tuple[int, int, Bytes]:
    """Return where a frame differs, and that part with what has not changed left out."""
    differs = before != now
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return 0, 0, np.full((1, 1), UNCHANGED, np.uint8)
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    part = now[top:bottom, left:right]
    sparse = np.where(differs[top:bottom, left:right], part, UNCHANGED)
    # A row packs the better the fewer runs it has; text that has moved has more with holes in it.
    holes_pay = _runs(sparse) <= _runs(part)
    return left, top, np.where(holes_pay[:, None], sparse, part)


def _runs(rows: Bytes) -> npt.NDArray[np.int64]:
    counts: npt.NDArray[np.int64] = np.count_nonzero(rows[:, 1:] != rows[:, :-1], axis=1)
    return counts
