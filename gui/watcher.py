"""Runs a scenario again when its file is saved in an editor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from core.scenario.loader import bundled

if TYPE_CHECKING:
    from core.scenario.loader import ScenarioText
    from gui.session import Session

SETTLE_MS = 150
"""An editor writes a file in several steps; it is read when it has been quiet for so long."""


class ScenarioWatcher(QObject):
    """Watches the file of the open scenario. Errors come through ``session.failed``.

    Many editors write a new file and put it in the old one's place. The watch on the old file is
    gone then, so the folder is watched too. A file that is deleted for good is told once, and
    followed again when it comes back.

    Args:
        session: Whose file, and who reads it again.
        parent: The Qt parent.
        settle_ms: How long the file must have been quiet.
    """

    def __init__(
        self, session: Session, parent: QObject | None = None, settle_ms: int = SETTLE_MS
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._source: ScenarioText | None = None
        self._path: Path | None = None
        self._text = ""
        self._gone = False
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._touched)
        self._watcher.directoryChanged.connect(self._touched)
        self._settled = QTimer(self, singleShot=True, interval=settle_ms)
        self._settled.timeout.connect(self._look)
        session.source_changed.connect(self._follow)
        self._follow()

    @property
    def path(self) -> Path | None:
        """The file that is watched, None for a bundled scenario."""
        return self._path

    def _follow(self) -> None:
        source = self._session.source
        if source is None or source is self._source:
            return  # The same text as before: a parameter, or a reload that failed.
        self._source = source
        path = Path(source.where) if source.where not in bundled() else None
        if path != self._path:
            watched = [*self._watcher.files(), *self._watcher.directories()]
            if watched:
                self._watcher.removePaths(watched)
            self._settled.stop()
            self._path, self._gone = path, False
            self._watch()
        # The file's own: a run that exploring found is open under its name with choices of its own.
        own = self._read() if path is not None and path.exists() else None
        self._text = source.text if own is None else own

    def _watch(self) -> None:
        """Watch what is there and not watched yet: the file may have been replaced."""
        if self._path is None:
            return
        known = {*self._watcher.files(), *self._watcher.directories()}
        # Where the folder is gone as well, the nearest one that is left sees it come back.
        folder = next((path for path in self._path.parents if path.exists()), None)
        wanted = [str(path) for path in (self._path, folder) if path is not None and path.exists()]
        missing = [path for path in wanted if path not in known]
        if missing:
            self._watcher.addPaths(missing)

    def _touched(self, _path: str) -> None:
        self._settled.start()

    def _look(self) -> None:
        self._watch()
        if self._path is None:
            return
        if not self._path.exists():
            self._tell_gone()
            return
        self._gone = False
        text = self._read()
        if text is None or text != self._text:
            if text is not None:
                self._text = text
            self._session.reload()

    def _tell_gone(self) -> None:
        """Say once that the file is not there any more; what is open stays open."""
        if not self._gone and self._path is not None:
            self._gone = True
            self._session.warned.emit(f"{self._path.name} is gone; the last run stays")

    def _read(self) -> str | None:
        """Return the file's text, None where it cannot be read (reading it again says why)."""
        assert self._path is not None
        try:
            return self._path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return None
