"""Choosing what is played: the bundled scenarios and the user's own files, found by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from core.errors import OwnerscopeError
from core.scenario.loader import bundled, open_scenario
from gui.icons import icon, pixmap

if TYPE_CHECKING:
    from gui.session import Session
    from gui.settings import Settings
    from gui.theme import ThemeManager

SUFFIX = ".toml"
_ENTRY = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_MAY_BREAK = "\u200b"


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
        session.source_changed.connect(self._mark_current)
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
        entry = index.data(_ENTRY)
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
        self.search.clearFocus()

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


def _breakable(text: str) -> str:
    """Return a text that may wrap inside identifiers and paths, which have no spaces."""
    return text.replace("_", f"_{_MAY_BREAK}").replace("/", f"/{_MAY_BREAK}")


class ScenarioList(QListWidget):
    """The scenarios that match, under the headings of their kinds.

    Args:
        themes: The theme in force.
    """

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._all: list[tuple[str, Sequence[Entry]]] = []
        self._current = ""
        self._words: list[str] = []
        self.setItemDelegate(_RowPainter(self, themes))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        # Not on a click: the arrows and the space bar go on moving in the run.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        self.setAccessibleName("Scenarios")

    def load(self, shipped: Sequence[Entry], own: Sequence[Entry]) -> None:
        """Take other entries."""
        self._all = [("Your files", own), ("Scenarios", shipped)]
        self._fill()

    def filter(self, text: str) -> None:
        """Keep what has every word."""
        self._words = text.lower().split()
        self._fill()

    def _fill(self) -> None:
        self.clear()
        for heading, entries in self._all:
            found = [entry for entry in entries if entry.matches(self._words)]
            if found:
                item = QListWidgetItem(heading, self)
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            for entry in found:
                item = QListWidgetItem(entry.title, self)
                item.setData(_ENTRY, entry)
                item.setToolTip(entry.where)
        self.go_to_current()

    def entries(self) -> list[Entry]:
        """Return the entries shown, in order."""
        rows = (self.item(row).data(_ENTRY) for row in range(self.count()))
        return [entry for entry in rows if isinstance(entry, Entry)]

    def show_current(self, where: str) -> bool:
        """Mark the scenario that is open; return whether it is among all there are."""
        self._current = _same_for_all(where)
        self.go_to_current()
        return any(self.is_current(entry) for _, entries in self._all for entry in entries)

    def is_current(self, entry: Entry) -> bool:
        """Return whether an entry is what is open."""
        return bool(self._current) and _same_for_all(entry.where) == self._current

    def go_to_current(self) -> None:
        """Go to what is open, or while the user looks for something to the first that matches."""
        target = None
        for row in range(self.count()):
            item, entry = self.item(row), self.item(row).data(_ENTRY)
            if isinstance(entry, Entry):
                opened = self.is_current(entry)
                note = ", open now" if opened else ""
                spoken = f"{entry.title}{note}. {entry.shows}"
                item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
                if target is None or (opened and not self._words):
                    target = item
        if target is not None:
            self.setCurrentItem(target)
            self.scrollToItem(target)

    def step(self, way: int) -> None:
        """Go to the next entry up or down, over headings."""
        row = self.currentRow() + way
        while 0 <= row < self.count():
            if self.item(row).flags() & Qt.ItemFlag.ItemIsEnabled:
                self.setCurrentRow(row)
                return
            row += way

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the texts anew."""
        super().resizeEvent(event)
        self.doItemsLayout()
        self.scrollTo(self.currentIndex())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, or that there are none."""
        super().paintEvent(event)
        if not self.count() and self._words:
            px = self._themes.metrics.chrome
            with QPainter(self.viewport()) as painter:
                painter.setFont(self._themes.metrics.frame().ui())
                painter.setPen(QColor(self._themes.theme.muted))
                room = self.viewport().rect().adjusted(px(12), px(20), -px(12), 0)
                painter.drawText(room, _WRAP, f"No scenario has “{' '.join(self._words)}”.")


def _same_for_all(where: str) -> str:
    """Return a name for a scenario that is the same however its path was written."""
    return where if not where or where in bundled() else str(Path(where).resolve())


class _RowPainter(QStyledItemDelegate):
    """Draws a heading, or a title over the sentence that says what a scenario shows."""

    def __init__(self, view: ScenarioList, themes: ThemeManager) -> None:
        super().__init__(view)
        self._view, self._themes = view, themes

    def sizeHint(self, _option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the height the texts take at the list's width."""
        width = self._view.viewport().width()
        parts = self._parts(index, QRect(0, 0, width, 0))
        return QSize(width, parts[-1][0].bottom() + self._px(9))

    def _px(self, size: float) -> int:
        return self._themes.metrics.chrome(size)

    def _parts(self, index: _Index, row: QRect) -> list[tuple[QRect, str, QFont, str]]:
        """Return the texts of a row: where, what, in which font and colour."""
        metrics, theme = self._themes.metrics.frame(), self._themes.theme
        entry, px = index.data(_ENTRY), self._px
        inside = row.adjusted(px(14), px(8), -px(10), 0)
        if not isinstance(entry, Entry):
            entry = index.data()
            heading = inside.adjusted(-px(8), px(6), 0, 0)
            wanted = [(entry, metrics.ui("caption", bold=True), theme.muted)]
            return self._stacked(heading, wanted)
        small = metrics.ui()
        small.setPixelSize(px(12))
        title = theme.accent_ink if self._view.is_current(entry) else theme.text
        wanted = [(_breakable(entry.title), metrics.ui("body", bold=True), title)]
        if entry.shows:
            ink = theme.muted if entry.readable else theme.danger.ink
            wanted.append((_breakable(entry.shows), small, ink))
        if entry.place:
            wanted.append((_breakable(entry.place), metrics.mono("caption"), theme.muted))
        return self._stacked(inside, wanted)

    def _stacked(
        self, room: QRect, wanted: Sequence[tuple[str, QFont, str]]
    ) -> list[tuple[QRect, str, QFont, str]]:
        placed, top, tall = [], room.top(), 1 << 16
        for at, (text, font, colour) in enumerate(wanted):
            # The first line leaves room for the mark of what is open.
            width = room.width() - (self._px(20) if at == 0 else 0)
            bounds = QFontMetrics(font).boundingRect(0, 0, width, tall, _WRAP, text)
            placed.append((QRect(room.left(), top, width, bounds.height()), text, font, colour))
            top += bounds.height() + self._px(2)
        return placed

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw a row."""
        theme, px, row = self._themes.theme, self._px, option.rect
        entry = index.data(_ENTRY)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(entry, Entry):
            self._draw_back(painter, option, self._view.is_current(entry))
        for rect, text, font, colour in self._parts(index, row):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(rect, _WRAP, text)
        if isinstance(entry, Entry) and self._view.is_current(entry):
            side, ratio = px(16), self._view.devicePixelRatioF()
            mark = pixmap("check", theme.accent_ink, side, ratio)
            painter.drawPixmap(QPoint(row.right() - px(10) - side, row.top() + px(8)), mark)
        painter.restore()

    def _draw_back(self, painter: QPainter, option: QStyleOptionViewItem, current: bool) -> None:
        theme, px, state = self._themes.theme, self._px, option.state
        card = QRectF(option.rect).adjusted(px(2), 1, -px(2), -1)
        chosen, under = QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_MouseOver
        back = theme.accent_soft if current else theme.hover if state & under else ""
        painter.setPen(Qt.PenStyle.NoPen)
        if back:
            painter.setBrush(QColor(back))
            painter.drawRoundedRect(card, px(6), px(6))
        if current:
            painter.setBrush(QColor(theme.accent))
            bar = QRectF(card.left(), card.top() + px(8), px(3), card.height() - px(16))
            painter.drawRoundedRect(bar, px(1.5), px(1.5))
        if state & chosen:
            # Where Enter goes: a ring, so that it is no second "current".
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.focus), px(1.5)))
            painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), px(6), px(6))
