"""Finds out whether a window can open, before Qt is loaded.

Where it cannot, Qt prints five lines that blame libxcb-cursor0 and aborts the process. It must not
be asked: this module imports nothing of PySide6, and where all is well it takes a few milliseconds,
most of them spent loading libraries that Qt needs next.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping

from core import doctor
from core.errors import EnvironmentProblem


def check(environ: Mapping[str, str] = os.environ, load: doctor.Load = ctypes.CDLL) -> None:
    """Return where at least one of the platforms that Qt will try can show a window.

    Raises:
        EnvironmentProblem: None can. It says why the first one cannot, and what to do.
    """
    problems: list[EnvironmentProblem] = []
    for platform in doctor.platforms(environ):
        problem = _problem(platform, environ, load)
        if problem is None:
            return
        problems.append(problem)
    if problems:
        raise problems[0]


def _problem(
    platform: str, environ: Mapping[str, str], load: doctor.Load
) -> EnvironmentProblem | None:
    unset = not environ.get("DISPLAY") and not environ.get("WAYLAND_DISPLAY")
    unreachable = doctor.display_problem(platform, environ, load)
    if unreachable and unset:
        unreachable = "neither DISPLAY nor WAYLAND_DISPLAY is set"
    if unreachable:
        return EnvironmentProblem(
            f"no display to open a window on: {unreachable}", advice=doctor.NO_WINDOW_ADVICE
        )
    missing = list(doctor.missing_libraries(platform, load))
    if missing:
        return EnvironmentProblem(
            f"the window needs {', '.join(missing)}, which cannot be loaded",
            advice=doctor.library_advice(missing),
        )
    return None
