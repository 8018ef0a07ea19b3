"""What turns frames into a file, by the kind of film."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from gui.render.ending import let_end
from gui.render.film import Reel, frames

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from gui.render.gif import GifWriter
    from gui.render.mp4 import Mp4Writer
    from gui.render.palette import Palette
    from gui.render.scenes import Scene

Progress = Callable[[int, int], None]
"""Hears how many frames are drawn, and how many there are."""

_SAMPLES = 12
"""Frames a palette is chosen from: all of them are the same views in the same theme."""


def write_film(scene: Scene, film: Reel, kind: str, stream: BinaryIO, progress: Progress) -> None:
    """Draw the frames of a film one after another into a file.

    Args:
        scene: What is drawn.
        film: Its frames.
        kind: ``.gif``, ``.webp`` or ``.mp4``.
        stream: Where to.
        progress: Hears how far it is.
    """
    shots = _told(frames(scene, film), len(film), progress)
    if kind == ".webp":
        from gui.render.webp import write_webp

        write_webp(stream, film, shots)
        return
    writer = _writer_of(kind, scene, film, stream)
    for image, count in shots:
        writer.add(image, count)
    writer.close()


def _told(
    shots: Iterator[tuple[QImage, int]], number: int, progress: Progress
) -> Iterator[tuple[QImage, int]]:
    done = 0
    progress(done, number)
    for image, count in shots:
        yield image, count
        done += count
        progress(done, number)
        let_end()


def _writer_of(kind: str, scene: Scene, film: Reel, stream: BinaryIO) -> GifWriter | Mp4Writer:
    if kind == ".mp4":
        from gui.render.mp4 import Mp4Writer

        return Mp4Writer(stream, scene.size, film.fps)
    from gui.render.gif import GifWriter

    return GifWriter(stream, scene.size, _palette(scene, film), film.fps)


def _palette(scene: Scene, film: Reel) -> Palette:
    from gui.render.palette import palette_of

    shown = np.unique(film.moments)
    chosen = shown[np.linspace(0, len(shown) - 1, min(_SAMPLES, len(shown))).astype(int)]
    return palette_of(image for image, _ in frames(scene, Reel(chosen, film.fps)))
