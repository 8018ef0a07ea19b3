"""A recording that is a profile, as the flame graph that the window shows of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

from gui.recording_look import BY_SUBSYSTEM
from gui.recording_session import RecordingSession
from gui.render.scenes import SlideScene
from gui.render.slide import Slide
from gui.render.still_themes import StillThemes

if TYPE_CHECKING:
    from core.recording.opening import Recording
    from gui.render.scenes import Scene

_FUNCTION = "function:"


def flame_scene(
    recording: Recording,
    size: tuple[int, int],
    theme: str,
    scale: float,
    highlights: tuple[str, ...] = (),
) -> Scene:
    """Return the flame graph of a recording as a picture.

    Args:
        recording: The recording.
        size: Width and height in pixels.
        theme: "light" or "dark".
        scale: Size of what is drawn, 1 is 100 %.
        highlights: What is pointed at, as a lesson writes it; functions stand out.
    """
    from core.recording.questions.call_tree import CallTree
    from gui.widgets.flame.canvas import FlameCanvas

    themes, session = StillThemes(theme, scale), RecordingSession()
    session.show(recording)
    slide = Slide(themes, Path(recording.name).name, recording.format.title)
    canvas = FlameCanvas(themes)
    canvas.set_look(BY_SUBSYSTEM, upward=False, normalised=False)
    if session.shown is not None:
        canvas.show_tree(CallTree.of(session.shown, session.weight))
    names = [each.removeprefix(_FUNCTION) for each in highlights if each.startswith(_FUNCTION)]
    if names:
        canvas.look_for("|".join(f"^{re.escape(name)}$" for name in names))
    slide.settles(canvas.settle)
    slide.add(canvas, 1)
    return cast("Scene", SlideScene(slide, size, None, themes, session))
