"""How a step of a lesson wants a recording to be looked at in the Recordings workspace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gui.recording_look import FLAME, HEAVY, SANDWICH, TIME, Look
from gui.widgets.pointer import wanted

if TYPE_CHECKING:
    from core.lesson.resolved import ResolvedStep
    from gui.lesson_recordings import Kept
    from gui.recording_session import RecordingSession


def look_at(recordings: RecordingSession, step: ResolvedStep, kept: Kept) -> None:
    """Show a recording as a step wants it, whatever was done with it meanwhile."""
    look = look_of(step)
    if recordings.recording is not kept.recording or not recordings.looks_as(look):
        recordings.show(kept.recording, look, kept.profile)


def look_of(step: ResolvedStep) -> Look:
    """Return how a step looks at its recording: its functions are looked for."""
    view, functions = step.step.view, wanted(step.step.highlights, "function")
    search = f"^({'|'.join(map(re.escape, functions))})$" if functions else ""
    if view == "sandwich":
        return Look(view=SANDWICH, search=search, function=next(iter(functions), ""))
    return Look(TIME if view == "time" else HEAVY, FLAME, search)


def view_of(recordings: RecordingSession) -> str:
    """Return what of a recording is open as a step names it: the way back."""
    if recordings.view == SANDWICH:
        return "sandwich" if recordings.function else ""
    return "time" if recordings.order == TIME else ""
