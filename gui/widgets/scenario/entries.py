"""What a list says about each scenario, read from its file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.errors import OwnerscopeError
from core.scenario.loader import bundled, open_scenario


@dataclass(frozen=True, slots=True)
class Entry:
    """A scenario as the list shows it.

    Attributes:
        where: Name of a bundled one, or path.
        title: Its title; the file's name where it cannot be read.
        shows: What it shows, in one sentence, or why it cannot be read.
        place: Folder of a file, empty for a bundled one.
        readable: Whether it could be read.
    """

    where: str
    title: str
    shows: str
    place: str = ""
    readable: bool = True

    def matches(self, words: Sequence[str]) -> bool:
        """Return whether every word occurs somewhere."""
        text = f"{self.where} {self.title} {self.shows}".lower()
        return all(word in text for word in words)


def read_entry(where: str) -> Entry:
    """Return the entry of a scenario; a file that cannot be read says why."""
    path = Path(where)
    place = "" if where in bundled() else _folder_of(path)
    try:
        document = open_scenario(where).document
    except OwnerscopeError as error:
        return Entry(where, path.name, error.problem, place, readable=False)
    title, shows = document.get("title"), document.get("shows")
    return Entry(
        where,
        title if isinstance(title, str) else path.name,
        shows if isinstance(shows, str) else "",
        place,
    )


def _folder_of(path: Path) -> str:
    folder, home = str(path.parent), str(Path.home())
    return f"~{folder.removeprefix(home)}" if folder.startswith(home) else folder


@cache
def bundled_entries() -> tuple[Entry, ...]:
    """Return the scenarios the program ships, in the order they are shown in."""
    return tuple(read_entry(name) for name in bundled())
