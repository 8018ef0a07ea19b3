"""One palette for all frames of a GIF, and the fast way from a frame to its numbers in it.

A frame is taken to 16 bits a pixel, and a table of 65,536 entries says which of the palette's
colours is next to each: looking the nearest colour up for each pixel takes a hundred times longer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    Bytes = npt.NDArray[np.uint8]
    Shorts = npt.NDArray[np.uint16]

COLOURS = 47
"""Few, for a small file: with 63 one of 300 frames is larger by an eighth, and looks the same."""
UNCHANGED = 63
"""The last number of 64 says "as in the frame before"."""
_EXACT = 16
"""So many of the most frequent colours are taken before any other: flat grounds must not shift."""
_CHUNK = 4096


class Palette:
    """Colours, and the nearest one to any other.

    Attributes:
        colours: Red, green and blue, shape (n, 3), n at most ``COLOURS``.

    Args:
        colours: As above.
        seen: Colours in 16 bits that come up.
        means: What they stand for, in 24 bits, shape (len(seen), 3).
    """

    def __init__(self, colours: Bytes, seen: Shorts, means: Bytes) -> None:
        self.colours = colours
        self._nearest = _nearest_table(colours, seen, means)

    def numbers(self, image: QImage) -> Bytes:
        """Return the number of each pixel's colour, shape (height, width)."""
        return self._nearest[pixels_565(image)]


def pixels_565(image: QImage) -> Shorts:
    """Return a frame's pixels with 5, 6 and 5 bits for red, green and blue."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    exactly = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    small = image.convertToFormat(QImage.Format.Format_RGB16, exactly)
    words = np.frombuffer(small.constBits(), np.uint16)
    whole = words.reshape(small.height(), small.bytesPerLine() // 2)
    return whole[:, : small.width()].copy()


def palette_of(images: Iterable[QImage]) -> Palette:
    """Return a palette for some frames of a film, which stand for all of them."""
    counts = np.zeros(1 << 16, np.int64)
    sums = np.zeros((1 << 16, 3), np.float64)
    for image in images:
        where = pixels_565(image).ravel()
        argb = np.frombuffer(image.constBits(), np.uint32)
        counts += np.bincount(where, minlength=1 << 16)
        for channel, shift in enumerate((16, 8, 0)):
            values = ((argb >> np.uint32(shift)) & np.uint32(255)).astype(np.float64)
            sums[:, channel] += np.bincount(where, values, minlength=1 << 16)
    (seen,) = np.nonzero(counts)
    means = np.rint(sums[seen] / counts[seen, None]).astype(np.uint8)
    order = np.argsort(-counts[seen], kind="stable")
    chosen = _chosen(means[order], counts[seen][order])
    return Palette(chosen, seen.astype(np.uint16), means)


def _chosen(colours: Bytes, counts: npt.NDArray[np.int64]) -> Bytes:
    """Take the most frequent colours, then again and again the one that is missed the most.

    Few pixels may matter: the role of a subsystem is told by a colour that nothing else is near.
    """
    if len(colours) <= COLOURS:
        return colours
    points, weights = colours.astype(np.float64), np.sqrt(counts)
    taken = list(range(_EXACT))
    apart = np.min([_distances(points, at) for at in taken], axis=0)
    while len(taken) < COLOURS:
        worst = int(np.argmax(apart * weights))
        taken.append(worst)
        apart = np.minimum(apart, _distances(points, worst))
    return colours[taken]


def _distances(points: npt.NDArray[np.float64], at: int) -> npt.NDArray[np.float64]:
    squares: npt.NDArray[np.float64] = ((points - points[at]) ** 2).sum(axis=1)
    return squares


def _nearest_table(colours: Bytes, seen: Shorts, means: Bytes) -> Bytes:
    codes = np.arange(1 << 16, dtype=np.int32)
    red, green, blue = codes >> 11, (codes >> 5) & 63, codes & 31
    points = np.stack((red * 255 / 31, green * 255 / 63, blue * 255 / 31), axis=1)
    points = points.astype(np.float32)
    # A flat ground must find itself, not what the middle of its 16 bits lies next to.
    points[seen] = means
    wanted = colours.astype(np.float32)
    lengths = (wanted**2).sum(axis=1)
    table = np.empty(1 << 16, np.uint8)
    for start in range(0, len(points), _CHUNK):
        chunk = points[start : start + _CHUNK]
        table[start : start + _CHUNK] = np.argmin(lengths - 2 * (chunk @ wanted.T), axis=1)
    return table
