"""The recording of a step: where it lies, and the recording itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import LessonError, did_you_mean
from core.recording.examples import EXAMPLES

if TYPE_CHECKING:
    from core.recording.opening import Recording


def recording_names() -> tuple[str, ...]:
    """Return the names of the recordings that the program brings along."""
    return tuple(example.name for example in EXAMPLES)


def placed(recording: str, folder: Path | None) -> str:
    """Return a recording as a lesson names it, a file beside the lesson as its path.

    Args:
        recording: A bundled recording's name, or a file.
        folder: Where the lesson's file is; None where it has none.
    """
    if not recording or recording in recording_names() or folder is None:
        return recording
    return str(folder / recording)


def named(path: Path, folder: Path | None) -> str:
    """Return what a lesson calls a recording: the way back from ``path_of`` and ``placed``.

    A file beside the lesson, or below its folder, is named from there, so that both can be carried
    elsewhere together.
    """
    for example in EXAMPLES:
        if path == example.path:
            return example.name
    if folder is not None and path.is_relative_to(folder.absolute()):
        return path.relative_to(folder.absolute()).as_posix()
    return str(path)


def path_of(recording: str, *, where: str = "") -> Path:
    """Return the file of a recording.

    Args:
        recording: A bundled one's name, or a file.
        where: What errors begin with: the step.

    Raises:
        LessonError: There is none.
    """
    for example in EXAMPLES:
        if recording == example.name:
            return example.path
    if not recording:
        raise LessonError(
            "no recording is named, in this step or before it",
            where=where,
            advice=f"write recording = {EXAMPLES[0].name!r}, or a file",
        )
    path = Path(recording)
    try:
        if path.is_file():
            return path.absolute()
    except (OSError, ValueError):
        pass  # a name that no file can have: too long, or with a NUL in it
    raise LessonError(
        f"there is no recording {recording[:200]!r}",
        where=where,
        advice=did_you_mean(recording, recording_names()),
    )


def opened(recording: str, *, where: str = "") -> Recording:
    """Return a recording, read.

    Raises:
        LessonError: There is none.
        RecordingError: It cannot be read.
    """
    from core.recording.opening import open_recording

    return open_recording(path_of(recording, where=where))
