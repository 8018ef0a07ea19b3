"""Reading lessons, bundled ones by name and others from a file, and keeping them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from core.errors import LessonError, ScenarioError, did_you_mean
from core.lesson.schema import SCHEMA, Lesson
from core.saving import opened_aside, write_aside
from core.scenario.loader import ScenarioText
from core.scenario.toml_text import MOST_BYTES, document_of, is_there

_SUFFIX = ".toml"
_KEPT = "~"
_STEP = re.compile(r"^steps\.(\d+)\.?")


@dataclass(frozen=True)
class LessonText:
    """A lesson and where it was read from.

    Attributes:
        where: File name, or the name of a bundled lesson.
        text: The TOML text.
        lesson: The lesson.
    """

    where: str
    text: str
    lesson: Lesson

    @property
    def folder(self) -> Path | None:
        """Where its file is, None where it has none: it may name recordings beside it."""
        path = Path(self.where)
        return path.absolute().parent if is_there(path) and self.where not in bundled() else None


# -- reading --------------------------------------------------------------------------------------


def bundled() -> tuple[str, ...]:
    """Return the names of the lessons the program ships, in the order they are shown in."""
    folder = resources.files("resources.lessons")
    return tuple((folder / "order.txt").read_text("utf-8").split())


def open_lesson(name_or_path: str | Path) -> LessonText:
    """Return a bundled lesson by name, or one from a file.

    Raises:
        LessonError: There is no such lesson, or it is none that this program knows.
    """
    name = str(name_or_path)
    if name in bundled():
        text = (resources.files("resources.lessons") / f"{name}{_SUFFIX}").read_text("utf-8")
        return parse(text, where=name)
    path = Path(name_or_path)
    if not is_there(path):
        raise LessonError(f"there is no lesson {name[:80]!r}", advice=did_you_mean(name, bundled()))
    try:
        if not path.is_file():
            raise LessonError("expected a file", where=name)
        if path.stat().st_size > MOST_BYTES:
            raise LessonError(f"expected at most {MOST_BYTES:,} bytes of TOML", where=name)
        return parse(path.read_text("utf-8"), where=name)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise LessonError(f"cannot read the lesson: {reason}", where=name) from None


def parse(text: str, *, where: str) -> LessonText:
    """Return the lesson that a text is.

    Whether what it shows exists is another question: see ``core.lesson.check``.

    Raises:
        LessonError: The text is not TOML, or not a lesson of a schema that is known.
    """
    document = document_of(text, where=where, schema=SCHEMA, error=LessonError)
    try:
        lesson = msgspec.convert(document, Lesson)
    except msgspec.ValidationError as error:
        raise _blamed(document, text, where, str(error)) from None
    return LessonText(where, text, lesson)


def _blamed(document: dict[str, Any], text: str, where: str, message: str) -> LessonError:
    """Return msgspec's message as an error that names the line, and the step as people count."""
    # The same reading of msgspec's words as for scenarios: one place knows its jargon.
    found: ScenarioError = ScenarioText(where, text, document).error(message)
    problem = _STEP.sub(lambda step: f"step {int(step[1]) + 1}: ", found.problem)
    return LessonError(problem, where=found.where)


# -- keeping --------------------------------------------------------------------------------------


def lesson_text(lesson: Lesson) -> str:
    """Return the TOML of a lesson: only what differs from what is so anyway."""
    document = msgspec.to_builtins(lesson)
    document["steps"] = [_without_defaults(step) for step in lesson.steps]
    return tomli_w.dumps(document, multiline_strings=True)


def _without_defaults(node: Any) -> Any:
    if isinstance(node, msgspec.Struct):
        return {
            field.name: _without_defaults(value)
            for field in msgspec.structs.fields(node)
            if (value := getattr(node, field.name)) is not None and not _is_default(field, value)
        }
    return [_without_defaults(item) for item in node] if isinstance(node, tuple) else node


def _is_default(field: msgspec.structs.FieldInfo, value: Any) -> bool:
    if field.default_factory is not msgspec.NODEFAULT:
        return bool(value == field.default_factory())
    return bool(value == field.default) and type(value) is type(field.default)


def save(path: str | Path, lesson: Lesson) -> None:
    """Write a lesson to a file; the version that was there is kept as ``NAME.toml~``.

    Comments of the file are lost: they are no part of a lesson.

    Raises:
        LessonError: It cannot be written; what was there is still there.
    """
    place = Path(path)
    try:
        data = lesson_text(lesson).encode("utf-8")
        if place.is_dir():
            raise LessonError("it is a folder", where=str(path), advice="give the name of a file")
        with opened_aside(place) as stream:
            stream.write(data)
            stream.flush()
            # Only once all of the new version is on the disk may the one before it go aside.
            if place.is_file():
                write_aside(place.with_name(place.name + _KEPT), place.read_bytes())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise LessonError(
            f"cannot write the lesson: {reason}; nothing of what was there is lost",
            where=str(path),
            advice="choose another place",
        ) from None
