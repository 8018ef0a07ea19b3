"""The command palette: type a few letters of what you want, and press Enter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QPainter,
    QTextCharFormat,
    QTextLayout,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.icons import pixmap
from gui.theme import ThemeManager
from gui.widgets.key_caps import caps_width, draw_caps
from gui.widgets.overlay import Overlay

if TYPE_CHECKING:
    from gui.actions import ActionRegistry
    from gui.settings import Settings

ROW_PX = 36
VISIBLE_ROWS = 11
_ENTRY = Qt.ItemDataRole.UserRole
_LETTERS = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the palette can do.

    Attributes:
        text: What it says, and what the letters are looked for in.
        group: What it belongs to; the letters may also be found there.
        run: Does it.
        id: Remembered among the recent ones; empty is not remembered.
        keys: The first shortcut as the platform writes it, or empty.
        icon: A name of ``gui.icons``, or empty.
        enabled: Whether it can be done now.
        checked: Whether it is on.
    """

    text: str
    group: str
    run: Callable[[], object]
    id: str = ""
    keys: str = ""
    icon: str = ""
    enabled: bool = True
    checked: bool = False


def fuzzy(query: str, text: str) -> tuple[int, tuple[int, ...]] | None:
    """Find the letters of a query in a text, in order, where they say most.

    Letters in a row count most, then the starts of words, then being near the front.

    Returns:
        A score, the higher the better, and the places of the letters; None without a match.
    """
    wanted, given = query.lower().replace(" ", ""), text.lower()
    if not wanted:
        return 0, ()
    # Best score of the letters so far, and their places, by the place of the last letter.
    best: dict[int, tuple[int, tuple[int, ...]]] = {-1: (0, ())}
    for letter in wanted:
        found: dict[int, tuple[int, tuple[int, ...]]] = {}
        for at in (at for at, each in enumerate(given) if each == letter):
            starts = at == 0 or not given[at - 1].isalnum()
            options = [
                (
                    score
                    + (18 if at - last == 1 and places else 0)
                    + (12 if starts else 0)
                    - at // 8,
                    places,
                )
                for last, (score, places) in best.items()
                if last < at
            ]
            if options:
                score, places = max(options)
                found[at] = score, (*places, at)
        best = found
    return max(best.values(), default=None)


class EntryModel(QAbstractListModel):
    """The entries that match, best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[Entry, tuple[int, ...]]] = []

    def show_matches(self, entries: Iterable[Entry], query: str, recent: Sequence[str]) -> None:
        """Keep what matches; without a query everything, recently used first."""
        order = {name: len(recent) - at for at, name in enumerate(recent)}
        ranked: list[tuple[tuple[bool, int, int, bool], Entry, tuple[int, ...]]] = []
        for entry in entries:
            match = fuzzy(query, entry.text)
            if match is None and (wide := fuzzy(query, f"{entry.text} {entry.group}")):
                match = wide[0] - 40, tuple(at for at in wide[1] if at < len(entry.text))
            if match is not None:
                used = order.get(entry.id, 0)
                # What has a key is wanted often.
                key = (entry.enabled, match[0] + min(used, 3), used, bool(entry.keys))
                ranked.append((key, entry, match[1]))
        ranked.sort(key=lambda row: row[0], reverse=True)
        self.beginResetModel()
        self._rows = [(entry, places) for _, entry, places in ranked]
        self.endResetModel()

    def enabled_rows(self) -> int:
        """Return how many entries can be done now; they come first."""
        return sum(entry.enabled for entry, _ in self._rows)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        """Return how many entries match."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        """Return an entry, the letters found in it, or what a screen reader says."""
        entry, places = self._rows[index.row()]
        if role == _ENTRY:
            return entry
        if role == _LETTERS:
            return places
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(filter(None, (entry.text, entry.group, entry.keys)))
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Let the user choose what can be done now."""
        flag = Qt.ItemFlag
        on = self._rows[index.row()][0].enabled
        return flag.ItemIsEnabled | flag.ItemIsSelectable if on else flag.NoItemFlags


class _RowPainter(QStyledItemDelegate):
    """Icon, text with the found letters marked, group, and the keys at the right."""

    def __init__(self, themes: ThemeManager, parent: QObject) -> None:
        super().__init__(parent)
        self._themes = themes

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return one height for all rows."""
        return QSize(0, self._themes.metrics.px(ROW_PX))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one row."""
        entry: Entry = index.data(_ENTRY)
        theme, metrics = self._themes.theme, self._themes.metrics
        px = metrics.px
        rect: QRect = option.rect
        middle = rect.center().y() + 1
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selection))
            painter.drawRoundedRect(rect.adjusted(px(6), 1, -px(6), -1), px(6), px(6))
        quiet = theme.muted if entry.enabled else theme.disabled
        if name := "check" if entry.checked else entry.icon:
            image = pixmap(name, quiet, px(18), painter.device().devicePixelRatioF())
            painter.drawPixmap(rect.left() + px(16), middle - px(9), image)
        left = rect.left() + px(44)
        painter.setPen(QColor(theme.text if entry.enabled else theme.disabled))
        left += self._draw_text(painter, QPointF(left, middle), entry.text, index.data(_LETTERS))
        painter.setFont(metrics.ui("caption"))
        painter.setPen(QColor(quiet))
        aside = QRect(left + px(10), rect.top(), px(160), rect.height())
        painter.drawText(aside, Qt.AlignmentFlag.AlignVCenter, entry.group)
        if entry.keys:
            right = rect.right() - px(14) - caps_width(entry.keys, metrics)
            draw_caps(painter, QPoint(right, middle), entry.keys, theme, metrics)
        painter.restore()

    def _draw_text(
        self, painter: QPainter, at: QPointF, text: str, letters: tuple[int, ...]
    ) -> int:
        """Draw a text from the middle of its left edge, some letters marked; return its width."""
        layout = QTextLayout(text, self._themes.metrics.ui())
        marked = QTextCharFormat()
        marked.setForeground(QColor(self._themes.theme.accent_ink))
        marked.setFontWeight(QFont.Weight.Bold)
        ranges = []
        for letter in letters:
            piece = QTextLayout.FormatRange()
            piece.start, piece.length, piece.format = letter, 1, marked
            ranges.append(piece)
        layout.setFormats(ranges)
        layout.beginLayout()
        line = layout.createLine()
        layout.endLayout()
        layout.draw(painter, at - QPointF(0, line.height() / 2))
        return int(line.naturalTextWidth())


class CommandPalette(Overlay):
    """Every command by its name, the recently used ones first.

    Args:
        host: The window to lie over.
        themes: The theme in force.
        registry: Where the commands are.
        settings: Where the recently used ones are kept; None keeps nothing.
    """

    def __init__(
        self,
        host: QWidget,
        themes: ThemeManager,
        registry: ActionRegistry,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(host, themes, 640)
        self._registry = registry
        self._settings = settings
        self._recent: list[str] = settings.recent_commands if settings else []
        self._sources: list[Callable[[], Iterable[Entry]]] = [self._commands]
        self._entries: list[Entry] = []
        self.field = QLineEdit(placeholderText="What do you want to do?")
        self.field.setObjectName("overlayInput")
        self.field.setAccessibleName("Find a command")
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self._lens = QLabel()
        self.model = EntryModel(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_RowPainter(themes, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName("Commands")
        self.list.entered.connect(self.list.setCurrentIndex)
        self.list.clicked.connect(lambda _index: self.accept())
        self._nothing = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._nothing.setObjectName("hint")
        self._head = QHBoxLayout()
        self._head.addWidget(self._lens)
        self._head.addWidget(self.field, 1)
        self.column.addLayout(self._head)
        self.column.addWidget(self.list)
        self.column.addWidget(self._nothing)

    def add_source(self, source: Callable[[], Iterable[Entry]]) -> None:
        """Offer more than commands: the source is asked each time the palette opens."""
        self._sources.append(source)

    def open(self) -> None:
        """Show all commands with an empty field."""
        self._entries = [entry for source in self._sources for entry in source()]
        self.field.clear()
        super().open()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def accept(self) -> None:
        """Run the chosen entry, after the palette has gone."""
        entry: Entry | None = self.list.currentIndex().data(_ENTRY)
        if entry is None or not entry.enabled:
            return
        self.close_card()
        if entry.id:
            self._recent = [entry.id, *(name for name in self._recent if name != entry.id)]
            if self._settings:
                self._settings.add_recent_command(entry.id)
        entry.run()

    def tab_stops(self) -> list[QWidget]:
        """Return the field: the list is moved through with the arrows."""
        return [self.field]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows move in the list while the field has the focus."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            return self._moved(event.key())
        return super().eventFilter(watched, event)

    def _moved(self, key: int) -> bool:
        row, rows = self.list.currentIndex().row(), self.model.enabled_rows()
        keys = Qt.Key
        if key in (keys.Key_Return, keys.Key_Enter):
            self.accept()
        elif key in (keys.Key_Down, keys.Key_Up) and rows:
            self._choose((row + (1 if key == keys.Key_Down else -1)) % rows)
        elif key == keys.Key_PageDown:
            self._choose(min(row + VISIBLE_ROWS, rows - 1))
        elif key == keys.Key_PageUp:
            self._choose(max(row - VISIBLE_ROWS, 0))
        else:
            return False
        return True

    def _choose(self, row: int) -> None:
        self.list.setCurrentIndex(self.model.index(row, 0))

    def _filter(self, query: str) -> None:
        self.model.show_matches(self._entries, query, self._recent)
        self._choose(0)
        self.list.scrollToTop()
        found = bool(self.model.rowCount())
        self.list.setVisible(found)
        self._nothing.setVisible(not found)
        self._nothing.setText(f"No command matches “{query}”")
        rows = min(self.model.rowCount(), VISIBLE_ROWS)
        self.list.setFixedHeight(max(rows, 1) * self.themes.metrics.px(ROW_PX))
        if self.isVisible():
            self.column.activate()
            self.place()

    def _commands(self) -> Iterable[Entry]:
        for group, commands in self._registry.groups().items():
            for command in commands:
                action = self._registry.action(command.id)
                if command.id != "help.palette":
                    yield Entry(
                        command.text,
                        group,
                        action.trigger,
                        command.id,
                        next(iter(self._registry.key_labels(command.id)), ""),
                        self._registry.icon_name(command.id),
                        action.isEnabled(),
                        action.isChecked(),
                    )

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        metrics, theme = self.themes.metrics, self.themes.theme
        px = metrics.px
        self._lens.setPixmap(pixmap("search", theme.muted, px(18), self.devicePixelRatioF()))
        self._head.setContentsMargins(px(16), px(8), px(12), px(6))
        self._head.setSpacing(px(10))
        self.column.setContentsMargins(0, 0, 0, px(8))
        self.column.setSpacing(px(2))
        self._nothing.setMinimumHeight(px(ROW_PX * 2))
        self._filter(self.field.text())
