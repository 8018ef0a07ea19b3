"""What the program remembers between two starts: a typed view of one ini file.

A settings file is never worth a failed start: a value that is damaged or of another type reads as
its default, and a file that cannot be parsed is set aside as ``<name>.damaged``.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, QStandardPaths, QTimer

Choice = Literal["system", "light", "dark", "contrast"]
"""A theme, or to follow the system."""

WRITE_MS = 1_000
"""So long after the first change the file is written: not while somebody waits for a picture."""
MAX_RECENT_FILES = 10
MAX_RECENT_COMMANDS = 8
MAX_SCENARIOS_WITH_STOPS = 50

_PUT_AWAY = QByteArray(b"put away")


def known_choice(text: str) -> Choice:
    """Return the choice of a theme that a text names; what is none follows the system."""
    known: tuple[Choice, ...] = get_args(Choice)
    return next((choice for choice in known if choice == text), "system")


def settings_file() -> Path:
    """Return the ini file in the platform's folder for configuration."""
    where = QStandardPaths.StandardLocation.GenericConfigLocation
    return Path(QStandardPaths.writableLocation(where)) / "ownerscope" / "ownerscope.ini"


class _WriteLater(QObject):
    """Lets a store write its file a moment after a change, and not at the next event."""

    def __init__(self, store: QSettings) -> None:
        super().__init__(store)
        self._timer = QTimer(self, singleShot=True, interval=WRITE_MS)
        self._timer.timeout.connect(store.sync)
        store.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Write later what Qt would write now."""
        if event.type() == QEvent.Type.UpdateRequest:
            if not self._timer.isActive():
                self._timer.start()
            return True
        return super().eventFilter(watched, event)


class Settings:
    """The remembered choices. Reading never raises; writing is kept until ``sync``, or a moment.

    Args:
        path: The ini file; the platform's place where not given.

    Attributes:
        path: The ini file.
        set_aside: Where a damaged file was moved to, or None. The window tells the user.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or settings_file()
        self.set_aside: Path | None = None
        self._store = self._opened()
        if self._store.status() == QSettings.Status.FormatError:
            with contextlib.suppress(OSError):
                self.set_aside = self.path.replace(self.path.with_suffix(".damaged"))
            self._store = self._opened()

    def _opened(self) -> QSettings:
        store = QSettings(str(self.path), QSettings.Format.IniFormat)
        _WriteLater(store)
        return store

    def sync(self) -> None:
        """Write what changed to the file now."""
        self._store.sync()

    @property
    def theme(self) -> Choice:
        """Light, dark, high contrast, or as the system has it."""
        return known_choice(self._text("view/theme"))

    @theme.setter
    def theme(self, choice: Choice) -> None:
        self._store.setValue("view/theme", choice)

    @property
    def scale(self) -> float:
        """Size of text and drawings; 1.0 is 100 %."""
        try:
            return float(self._text("view/scale") or 1.0)
        except ValueError:
            return 1.0

    @scale.setter
    def scale(self, scale: float) -> None:
        self._store.setValue("view/scale", str(scale))

    @property
    def motion(self) -> bool:
        """Whether things may move."""
        return self._text("view/motion") != "off"

    @motion.setter
    def motion(self, motion: bool) -> None:
        self._store.setValue("view/motion", "on" if motion else "off")

    @property
    def last_scenario(self) -> str:
        """Name of the scenario that was open last, or an empty string."""
        return self._text("session/scenario")

    @last_scenario.setter
    def last_scenario(self, name: str) -> None:
        self._store.setValue("session/scenario", name)

    @property
    def workspace(self) -> str:
        """Name of the workspace that was shown last, or an empty string."""
        return self._text("session/workspace")

    @workspace.setter
    def workspace(self, name: str) -> None:
        self._store.setValue("session/workspace", name)

    @property
    def tour_offered(self) -> bool:
        """Whether the user was offered the tour; that happens once."""
        return self._text("lessons/tour") == "offered"

    @tour_offered.setter
    def tour_offered(self, offered: bool) -> None:
        self._store.setValue("lessons/tour", "offered" if offered else "")

    @property
    def recent_lessons(self) -> list[Path]:
        """The user's own lessons opened last, newest first, without those that are gone."""
        return [path for text in self._lines("lessons/recent") if (path := Path(text)).exists()]

    def add_recent_lesson(self, path: Path) -> None:
        """Put a lesson of the user's own at the top of the recent ones."""
        self._put_first("lessons/recent", str(path.resolve()), MAX_RECENT_FILES)

    @property
    def recent_files(self) -> list[Path]:
        """The files opened last, newest first, without those that are gone."""
        return [path for text in self._lines("files/recent") if (path := Path(text)).exists()]

    def add_recent_file(self, path: Path) -> None:
        """Put a file at the top of the recent ones."""
        self._put_first("files/recent", str(path.resolve()), MAX_RECENT_FILES)

    def clear_recent_files(self) -> None:
        """Forget the recent files."""
        self._store.remove("files/recent")

    @property
    def recent_commands(self) -> list[str]:
        """Ids of the commands last run from the palette, newest first."""
        return self._lines("palette/recent")

    def add_recent_command(self, name: str) -> None:
        """Put a command at the top of the recent ones."""
        self._put_first("palette/recent", name, MAX_RECENT_COMMANDS)

    def stops(self, scenario: str) -> list[str] | None:
        """Return the user's own stops for a scenario as text, None where there are none of theirs.

        An empty list is an answer: the user wants no stops where the scenario has some.

        Args:
            scenario: The name of a bundled scenario, or the path of a file.
        """
        return self._all_stops().get(scenario)

    def set_stops(self, scenario: str, stops: list[str] | None) -> None:
        """Remember a scenario's own stops; None goes back to what the scenario says."""
        rest = self._all_stops()
        rest.pop(scenario, None)
        kept = rest if stops is None else {scenario: stops, **rest}
        latest = dict(list(kept.items())[:MAX_SCENARIOS_WITH_STOPS])
        self._store.setValue("stops/by_scenario", json.dumps(latest))

    def _all_stops(self) -> dict[str, list[str]]:
        """The stops by scenario, the one changed last first; what is damaged is left out."""
        try:
            read = json.loads(self._text("stops/by_scenario") or "{}")
        except (ValueError, RecursionError):
            return {}
        known = read.items() if isinstance(read, dict) else ()
        return {
            scenario: stops
            for scenario, stops in known
            if isinstance(stops, list) and all(isinstance(text, str) for text in stops)
        }

    def keys(self, command: str) -> str | None:
        """Return a command's own keys as Qt's portable text, or None for the built-in ones."""
        name = f"keys/{command}"
        return self._text(name) if self._store.contains(name) else None

    def set_keys(self, command: str, keys: str | None) -> None:
        """Remember a command's own keys; None goes back to the built-in ones."""
        if keys is None:
            self._store.remove(f"keys/{command}")
        else:
            self._store.setValue(f"keys/{command}", keys)

    def forget_keys(self) -> None:
        """Go back to the built-in keys of every command."""
        self._store.remove("keys")

    def state(self, name: str) -> QByteArray:
        """Return what Qt saved under a name (geometry, a splitter), or an empty array."""
        value = self._store.value(f"state/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_state(self, name: str, state: QByteArray) -> None:
        """Remember what a widget's ``saveState`` or ``saveGeometry`` returned."""
        self._store.setValue(f"state/{name}", state)

    def is_put_away(self, name: str) -> bool:
        """Whether the user has put a panel away."""
        return self.state(name) == _PUT_AWAY

    def set_put_away(self, name: str, away: bool) -> None:
        """Remember whether the user has put a panel away."""
        self.set_state(name, _PUT_AWAY if away else QByteArray())

    def _text(self, key: str) -> str:
        value = self._store.value(key)
        return value if isinstance(value, str) else ""

    def _lines(self, key: str) -> list[str]:
        # One text with line breaks: Qt reads a list of one back as a text, an empty one as None.
        return [line for line in self._text(key).split("\n") if line]

    def _put_first(self, key: str, entry: str, limit: int) -> None:
        rest: Iterable[str] = (line for line in self._lines(key) if line != entry)
        self._store.setValue(key, "\n".join([entry, *rest][:limit]))
