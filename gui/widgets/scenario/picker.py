"""Choosing what is played: the bundled scenarios and the user's own files, found by typing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.scenario.loader import bundled
from gui.icons import icon, pixmap
from gui.widgets.in_sight import InSight
from gui.widgets.keyboard import focus_home
from gui.widgets.scenario.entries import Entry, bundled_entries, read_entry
from gui.widgets.scenario.list import ENTRY, ScenarioList

if TYPE_CHECKING:
    from gui.session import Session
    from gui.settings import Settings
    from gui.theme import ThemeManager

SUFFIX = ".toml"


class ScenarioPicker(QFrame):
    """A list of scenarios under a search field. Type, arrows, Enter; or a click; or drop a file.

    Args:
        session: Opens what is chosen.
        settings: Where the recent files are kept.
        themes: The theme in force.
        parent: The Qt parent.
        choose_file: Asks the user for a file; None where the user thinks better of it.
    """

    def __init__(
        self,
        session: Session,
        settings: Settings,
        themes: ThemeManager,
        parent: QWidget | None = None,
        choose_file: Callable[[], Path | None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._settings, self._themes = session, settings, themes
        self._choose_file = choose_file or self._ask_for_file
        self._stale = True
        self._dropping = False
        self.search = QLineEdit(placeholderText="Find a scenario", clearButtonEnabled=True)
        self.search.setAccessibleName("Find a scenario")
        self.search.setAcceptDrops(False)
        # Not an action of the field: the style draws those at one size for every scale.
        self._glass = QLabel()
        self._inside = QHBoxLayout(self.search)
        self._inside.addWidget(self._glass)
        self._inside.addStretch(1)
        self.list = ScenarioList(themes)
        self.open_button = QPushButton("Open…")
        self.open_button.setToolTip("A scenario file; or drop one here")
        self.open_button.setAutoDefault(False)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.search)
        self._column.addWidget(self.list, 1)
        self._column.addWidget(self.open_button)
        self.setAcceptDrops(True)
        self.setFocusProxy(self.search)
        self.search.installEventFilter(self)
        self.list.installEventFilter(self)
        self.search.textChanged.connect(self._filter)
        self.open_button.clicked.connect(self._open_file)
        self.list.clicked.connect(self._open_index)
        in_sight = InSight(self)
        in_sight.connect_to(session.source_changed, self._mark_current)
        themes.changed.connect(self._dress)
        self._dress()

    # -- what is shown --------------------------------------------------------------------

    def choose(self) -> None:
        """Put the keyboard into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def reload(self) -> None:
        """Look again which scenarios there are, now or when the list is seen next."""
        self._stale = True
        if self.isVisible():
            self._load()

    def showEvent(self, event: QShowEvent) -> None:
        """Read the scenarios; not before they are seen."""
        super().showEvent(event)
        self.reload()

    def _load(self) -> None:
        if not self._stale:
            return
        self._stale = False
        paths = [str(path) for path in self._settings.recent_files if path.suffix == SUFFIX]
        where = self._session.source.where if self._session.source else ""
        if where and where not in bundled() and str(Path(where).resolve()) not in paths:
            paths.insert(0, where)
        self.list.load(bundled_entries(), [read_entry(path) for path in paths])
        self.list.show_current(where)

    def _filter(self, text: str) -> None:
        self._load()
        self.list.filter(text)

    def _mark_current(self) -> None:
        source = self._session.source
        if source is None or self._stale:
            return
        if not self.list.show_current(source.where):
            self.reload()

    # -- choosing -------------------------------------------------------------------------

    def _open_index(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY)
        if isinstance(entry, Entry):
            self._open(entry.where)

    def _open(self, where: str) -> None:
        if not self._session.open(where):
            return
        if where not in bundled():
            self._settings.add_recent_file(Path(where))
            self.reload()
        # Done looking: the space bar plays now, and the whole list is there for the next time.
        self.search.clear()
        focus_home(self)

    def _open_file(self) -> None:
        path = self._choose_file()
        if path is not None:
            self._open(str(path))

    def _ask_for_file(self) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(
            self, "Open a scenario", "", f"Scenarios (*{SUFFIX});;All files (*)"
        )
        return Path(name) if name else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows move in the list while the user types, and typing filter the list."""
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                leaves = event.key() == Qt.Key.Key_Escape and self.search.text() != ""
                if leaves or (watched is self.list and _types(event)):
                    event.accept()
                    return True
            elif event.type() == QEvent.Type.KeyPress:
                return self._key(watched, event)
        return super().eventFilter(watched, event)

    def _key(self, watched: QObject, event: QKeyEvent) -> bool:
        key, moves = event.key(), Qt.Key
        if key in (moves.Key_Return, moves.Key_Enter):
            self._open_index(self.list.currentIndex())
        elif key == moves.Key_Escape and self.search.text():
            self.search.clear()
        elif watched is self.search and key in (moves.Key_Up, moves.Key_Down):
            self.list.step(1 if key == moves.Key_Down else -1)
        elif watched is self.list and _types(event):
            self.search.setFocus()
            self.search.setText(self.search.text() + event.text())
        else:
            return False
        return True

    # -- dropping -------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome scenario files; other files are for the window."""
        if _dropped(event) is None:
            event.ignore()
            return
        event.acceptProposedAction()
        self._show_drop(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the frame away."""
        self._show_drop(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the file."""
        self._show_drop(False)
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self._open(str(path))

    def _show_drop(self, on: bool) -> None:
        self._dropping = on
        self.open_button.setText("Drop to open" if on else "Open…")
        self.update()

    # -- look -----------------------------------------------------------------------------

    def _dress(self) -> None:
        metrics, theme = self._themes.metrics.frame(), self._themes.theme
        ratio = self.devicePixelRatioF()
        edge = metrics.px(10)
        self._column.setContentsMargins(edge, edge, edge, edge)
        self._column.setSpacing(metrics.px(8))
        self.search.setFont(metrics.ui())
        self.open_button.setFont(metrics.ui())
        self._glass.setPixmap(pixmap("search", theme.muted, metrics.px(16), ratio))
        self._inside.setContentsMargins(metrics.px(9), 0, 0, 0)
        self.search.setTextMargins(metrics.px(22), 0, 0, 0)
        self.open_button.setIcon(icon("open", theme, metrics.px(18), ratio=ratio))
        self.open_button.setIconSize(QSize(1, 1) * metrics.px(18))
        self.list.verticalScrollBar().setSingleStep(metrics.px(24))
        self.list.doItemsLayout()

    def sizeHint(self) -> QSize:
        """Return a side panel."""
        return QSize(self._themes.metrics.chrome(300), self._themes.metrics.chrome(480))

    def minimumSizeHint(self) -> QSize:
        """Return what a title needs at least."""
        return QSize(self._themes.metrics.chrome(200), self._themes.metrics.chrome(180))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the panel, and frame it while a file is held over it."""
        theme, px = self._themes.theme, self._themes.metrics.chrome
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.window))
            if self._dropping:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(QColor(theme.accent), px(2), Qt.PenStyle.DashLine))
                inset = px(3)
                painter.drawRoundedRect(
                    QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), px(8), px(8)
                )


def _types(event: QKeyEvent) -> bool:
    """Return whether a key writes something that one can look for."""
    held = Qt.KeyboardModifier
    plain = not event.modifiers() & (held.ControlModifier | held.AltModifier | held.MetaModifier)
    return plain and event.text().isprintable() and bool(event.text().strip())


def _dropped(event: QDropEvent) -> Path | None:
    """Return the scenario file that is held over the panel, if it is one."""
    for url in event.mimeData().urls():
        if url.isLocalFile() and url.toLocalFile().endswith(SUFFIX):
            return Path(url.toLocalFile())
    return None
