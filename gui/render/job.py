"""A picture or film as a message: what the terminal and the window ask to be made."""

from __future__ import annotations

from pathlib import PurePath
from typing import Literal

import msgspec

from core.errors import RenderError, did_you_mean
from gui.render.request import VIEWS

PICTURES = (".png", ".svg", ".pdf")
FILMS = (".gif", ".webp", ".mp4")
LEAST_PX, MOST_PX = 64, 16_384
MOST_PIXELS = 1 << 27
"""Half a GiB of memory while it is painted."""
LEAST_SCALE, MOST_SCALE = 0.25, 8.0
LEAST_FPS, MOST_FPS = 1, 60
LEAST_SPEED, MOST_SPEED = 0.01, 1e6


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What to make.

    Attributes:
        what: Name or file of a scenario, lesson, recording or saved run.
        out: Where it goes; the end of its name says what it is.
        view: One of ``VIEWS``; empty for a lesson's own, otherwise the stack.
        step: Which step of a lesson, from 1; 0 for the first, or for no lesson.
        at: Where a picture is taken, as a lesson writes positions.
        start: Where a film begins; empty for the start of the run.
        end: Where it ends; empty for the end of the run.
        speed: How many times as fast as usual; None for at most 300 frames.
        fps: Frames a second.
        size: Width and height in pixels.
        theme: "light" or "dark".
        scale: Size of what is drawn, 1 is 100 %.
        essential: Whether only the functions of the mail's chain are shown; None leaves it.
        zoom: First and last position in view of the timeline, as events from 1; none for all.
        settings: Parameters of the scenario.
        overrides: What else is changed about it, as ``core.scenario.plan.Overrides`` has it.
        moment: Where a picture is taken, as the cursor counts, instead of ``at``.
        span: From where to where a film goes, as the cursor counts, instead of ``start``, ``end``.
        lanes: For "compare": the guards, each as a lesson writes it or as the fields of a ``Lane``.
        kernel: For "layout": a bundled layout or a file.
        field: For "layout": the field asked about.
        place: For "layout": where it goes.
        struct: For "layout": the struct; empty for task_struct.
        highlights: What is pointed at.
        title: The line on top.
    """

    what: str
    out: str
    view: str = ""
    step: int = 0
    at: str = ""
    start: str = ""
    end: str = ""
    speed: float | None = None
    fps: int = 20
    size: tuple[int, int] = (1280, 720)
    theme: Literal["light", "dark"] = "dark"
    scale: float = 1.0
    essential: bool | None = None
    zoom: tuple[int, int] | None = None
    settings: dict[str, bool | int | str] = {}
    overrides: dict[str, str | int | None] = {}
    moment: int | None = None
    span: tuple[int, int] | None = None
    lanes: tuple[str | dict[str, str | int | None], ...] = ()
    kernel: str = ""
    field: str = ""
    place: str = ""
    struct: str = ""
    highlights: tuple[str, ...] = ()
    title: str = ""

    @property
    def kind(self) -> str:
        """What is made, as the end of a file's name: ``.png``."""
        return PurePath(self.out).suffix.lower()

    @property
    def is_film(self) -> bool:
        """Whether it has more than a moment."""
        return self.kind in FILMS and not self.at and self.moment is None


def check(job: Job) -> None:
    """Say what is wrong with a job, as far as that can be told before anything is opened.

    Raises:
        RenderError: Something is.
    """
    if job.kind not in PICTURES + FILMS:
        raise RenderError(
            f"expected a name that ends in {', '.join(PICTURES + FILMS)}, got {job.out!r}",
            where="OUT",
        )
    if job.view and job.view not in VIEWS:
        raise RenderError(
            f"there is no view {job.view!r}", where="--view", advice=did_you_mean(job.view, VIEWS)
        )
    if job.theme not in ("light", "dark"):
        raise RenderError(f"expected light or dark, got {job.theme!r}", where="--theme")
    _check_size(job)
    _between("--scale", job.scale, LEAST_SCALE, MOST_SCALE)
    _between("--fps", job.fps, LEAST_FPS, MOST_FPS)
    if job.speed is not None:
        _between("--speed", job.speed, LEAST_SPEED, MOST_SPEED)
    _check_moments(job)


def _check_size(job: Job) -> None:
    width, height = job.size
    if not (LEAST_PX <= width <= MOST_PX and LEAST_PX <= height <= MOST_PX):
        raise RenderError(
            f"{width} x {height} is not between {LEAST_PX} and {MOST_PX} pixels", where="--size"
        )
    if width * height > MOST_PIXELS:
        raise RenderError(f"{width:,} x {height:,} pixels are too many", where="--size")
    if job.kind == ".mp4" and (width % 2 or height % 2):
        raise RenderError(
            f"an MP4 has an even width and height, not {width} x {height}", where="--size"
        )


def _check_moments(job: Job) -> None:
    if job.at and (job.start or job.end or job.speed is not None):
        raise RenderError("--at is one moment, --from, --to and --speed are for a film")
    if job.kind in PICTURES and (job.start or job.end or job.speed is not None):
        raise RenderError(
            f"a {job.kind[1:].upper()} shows one moment: give --at, or write {', '.join(FILMS)}"
        )
    if job.kind == ".mp4" and job.at:
        raise RenderError("an MP4 is a film: give --from and --to, or write a .png")


def _between(option: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise RenderError(f"{value:g} is not between {least:g} and {most:g}", where=option)
