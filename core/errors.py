"""Every error a user can meet: each says where, what was expected and what to do.

The command line prints ``str(error)`` as one line and exits with 2; the window shows the same
sentence in its message bar. Nothing else may be raised for bad input.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class OwnerscopeError(Exception):
    """Base of all errors that bad input or a poor environment can cause.

    Args:
        problem: What is wrong and what was expected, as a clause.
        where: File, ``file:line`` or the option the problem was found in.
        advice: What the user can do about it.
    """

    def __init__(self, problem: str, *, where: str = "", advice: str = "") -> None:
        self.problem = problem
        self.where = where
        self.advice = advice
        super().__init__(self.__str__())

    def __str__(self) -> str:
        head = f"{self.where}: {self.problem}" if self.where else self.problem
        line = f"{head}; {self.advice}" if self.advice else head
        return " ".join(line.split())

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild from the three parts: errors cross from the worker process to the window."""
        return _rebuild, (type(self), self.problem, self.where, self.advice)


def _rebuild(kind: type[OwnerscopeError], problem: str, where: str, advice: str) -> OwnerscopeError:
    return kind(problem, where=where, advice=advice)


class ScenarioError(OwnerscopeError):
    """A scenario that does not exist, cannot be read or asks for the impossible."""


class ProfileError(OwnerscopeError):
    """A kernel version or architecture that no profile describes."""


class LayoutError(OwnerscopeError):
    """A layout source that cannot be read, or a struct or member it does not have."""


class TraceFileError(OwnerscopeError):
    """A saved trace that is damaged, or newer than this program."""


class RecordingError(OwnerscopeError):
    """A recording of a real kernel that cannot be read, or is in no format that is known."""


class LessonError(OwnerscopeError):
    """A lesson that cannot be read or kept, or a step that shows what does not exist."""


class RenderError(OwnerscopeError):
    """A picture or film that cannot be made."""


class PatternError(OwnerscopeError):
    """A regular expression that is none."""


class EnvironmentProblem(OwnerscopeError):
    """Something this machine lacks: a display, a system library, an extra."""


def at_line(path: Path | str, line: int | None) -> str:
    """Return ``path:line``, or just the path where the line is not known."""
    return f"{path}:{line}" if line else str(path)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return advice that names the nearest known spelling, or lists what there is."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
