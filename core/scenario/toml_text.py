"""TOML that people write, with a schema: what scenarios and lessons have in common."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from core.errors import OwnerscopeError, at_line
from core.scenario.toml_lines import line_of

MOST_BYTES = 4 << 20
"""A scenario or a lesson is some kilobytes; what is larger is something else."""


def is_there(path: Path) -> bool:
    """Return whether there is anything at a path, be it one that no file can have."""
    try:
        return path.exists()
    except (OSError, ValueError):
        # A name no file can have: too long, or with a NUL in it.
        return False


def document_of(
    text: str, *, where: str, schema: int, error: type[OwnerscopeError]
) -> dict[str, Any]:
    """Return a text as parsed.

    Args:
        text: TOML.
        where: What errors begin with.
        schema: The newest schema this program knows.
        error: What is raised: the text is not TOML, or its schema is missing or newer.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        message = str(wrong)
        line = re.search(r"at line (\d+)", message)
        problem = message.partition(" (at ")[0].rstrip(".")
        raise error(
            f"not valid TOML: {problem[:1].lower()}{problem[1:]}",
            where=at_line(where, int(line[1]) if line else max(1, len(text.splitlines()))),
        ) from None
    except (RecursionError, ValueError):
        raise error(
            "not valid TOML: nested too deeply, or a number too long", where=where
        ) from None
    _check_schema(
        document.get("schema"), schema, at_line(where, line_of(text, ["schema"]) or 1), error
    )
    return document


def _check_schema(said: object, known: int, at: str, error: type[OwnerscopeError]) -> None:
    if isinstance(said, bool) or not isinstance(said, int):
        raise error(
            f"expected 'schema = {known}', a number", where=at, advice="add it as the first line"
        )
    if said > known:
        raise error(
            f"schema {said} is newer than the {known} this version knows",
            where=at,
            advice="update ownerscope",
        )
    if said < known:
        raise error(f"schema {said} does not exist; the first is {known}", where=at)
