"""Which moment of a run each frame of a film shows, and the frames one after another.

A film is drawn as it is written: no more than a frame is held. A frame is the view at rest at a
moment; no clock has a part in it, so the same run gives the same frames.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.errors import RenderError
from gui.playback import EVENTS_A_SECOND, HOLD

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from core.trace.trace import Trace
    from gui.render.scenes import Scene

    Moments = npt.NDArray[np.signedinteger[Any]]
    Seconds = npt.NDArray[np.float64]

MOST_FRAMES = 300
"""Of a film for which no speed was asked: it is as fast as it must be."""
MOST_EVER = 36_000
MOST_PLACES = 200_000
"""Far more than frames: no film can show them all."""
_SKIPPED = 20
_GOLDEN = (5**0.5 - 1) / 2


@dataclasses.dataclass(frozen=True, slots=True)
class Reel:
    """The frames of a film.

    Attributes:
        moments: The position each frame shows, never falling.
        fps: Frames a second.
    """

    moments: Moments
    fps: int

    def __len__(self) -> int:
        return len(self.moments)

    def stills(self) -> list[tuple[int, int]]:
        """Return the positions that are shown, each with its number of frames in a row."""
        changes = np.flatnonzero(np.diff(self.moments)) + 1
        starts = np.concatenate(([0], changes))
        counts = np.diff(np.concatenate((starts, [len(self.moments)])))
        return [
            (int(self.moments[start]), int(count))
            for start, count in zip(starts.tolist(), counts.tolist(), strict=True)
        ]


def thinned(places: Moments) -> tuple[Moments, int]:
    """Return so few moments that a long run costs no more than a short one, the ends among them.

    Returns:
        The moments, and how many of those given each stands for.
    """
    each = 1 + len(places) // MOST_PLACES
    if each == 1:
        return places, 1
    return np.unique(np.concatenate((places[::each], places[-1:]))), each


def seconds_of(trace: Trace, places: Moments) -> Seconds:
    """Return how long each place is held at the ordinary pace of playing.

    Args:
        trace: The run.
        places: Positions, -1 before the first event.
    """
    from core.trace.events import SITE_MASK

    by_kind = np.ones(256)
    for kind, weight in HOLD.items():
        by_kind[int(kind)] = weight
    by_site = by_kind[trace.site_kinds]
    held = by_site[trace.codes[np.maximum(places, 0)] & SITE_MASK]
    return np.where(places < 0, 1.0, held) / EVENTS_A_SECOND


def reel(places: Moments, seconds: Seconds, *, fps: int, speed: float | None) -> Reel:
    """Return the frames of a film.

    Args:
        places: The moments it goes through, rising.
        seconds: How long each is held at speed 1.
        fps: Frames a second.
        speed: How many times as fast; None for the ordinary pace, or as much faster as it takes to
            need no more than ``MOST_FRAMES``.

    Raises:
        RenderError: It would have too many frames.
    """
    ends = np.cumsum(seconds)
    whole = float(ends[-1]) / (speed or 1.0)
    count = max(1, round(whole * fps))
    if speed is None:
        count = min(count, MOST_FRAMES)
    elif count > MOST_EVER:
        raise RenderError(
            f"the film would have {count:,} frames, {MOST_EVER:,} is the most",
            where="--speed",
            advice="give a higher speed, or a shorter part with --from and --to",
        )
    within = np.full(count, 0.5)
    if len(places) > _SKIPPED * count:
        # A run that repeats itself would show the same moment in each frame, as wheels stand still
        # in a film: the golden ratio falls into step with nothing.
        within = np.arange(count) * _GOLDEN % 1.0
    at = (np.arange(count) + within) / count * float(ends[-1])
    shown = places[np.minimum(np.searchsorted(ends, at, side="right"), len(places) - 1)].copy()
    shown[0], shown[-1] = (places[0], places[-1]) if count > 1 else (places[-1], places[-1])
    return Reel(shown, fps)


def frames(scene: Scene, film: Reel) -> Iterator[tuple[QImage, int]]:
    """Draw the frames, each with how often it comes in a row; the image is used again."""
    from PySide6.QtGui import QImage, QPainter

    image = QImage(*scene.size, QImage.Format.Format_RGB32)
    for position, count in film.stills():
        painter = QPainter(image)
        try:
            scene.draw(painter, position)
        finally:
            painter.end()
        yield image, count
