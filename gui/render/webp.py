"""A moving WebP, packed frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, BinaryIO

from core.errors import RenderError

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from gui.render.film import Reel

_QUALITY, _METHOD = 75, 0
_MOST_PX = 16_383


def write_webp(stream: BinaryIO, film: Reel, shots: Iterator[tuple[QImage, int]]) -> None:
    """Write a film; the packed frames are kept until the end, the frames are not.

    Args:
        stream: Where to.
        film: Its frames.
        shots: They are drawn here, each with how often it comes in a row.

    Raises:
        RenderError: It is too large for the format.
    """
    counts = [count for _, count in film.stills()]
    ends = [0]
    for count in counts:
        ends.append(ends[-1] + count)
    at_ms = [round(end * 1000 / film.fps) for end in ends]
    lasting_ms = [after - before for before, after in pairwise(at_ms)]
    frames = _frames(shots, len(counts))
    frames.save(
        stream, "WEBP", save_all=True, quality=_QUALITY, method=_METHOD, loop=0, kmin=30, kmax=90,
        duration=lasting_ms,
    )  # fmt: skip


def _frames(shots: Iterator[tuple[QImage, int]], number: int) -> Any:
    """Return an image of many frames that draws each when Pillow's writer comes to it.

    A list of them, the other way, would hold a gigabyte.
    """
    from PIL import Image

    class Frames(Image.Image):
        n_frames = number
        _at = -1

        def seek(self, frame: int) -> None:
            while self._at < frame:
                image, _ = next(shots)
                self._at += 1
                self.im = _picture(image).im

        def tell(self) -> int:
            return max(0, self._at)

    made = Frames()
    made._mode = "RGB"
    made.seek(0)
    made._size = made.im.size
    return made


def _picture(image: QImage) -> Any:
    from PIL import Image

    width, height = image.width(), image.height()
    if max(width, height) > _MOST_PX:
        raise RenderError(f"a WebP has at most {_MOST_PX:,} pixels a side", where="--size")
    pixels, stride = bytes(image.constBits()), image.bytesPerLine()
    return Image.frombytes("RGB", (width, height), pixels, "raw", "BGRX", stride)
