"""The lanes' call stacks side by side, level as far as they are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolTip, QWidget

from gui.geometry.compare_column import ColumnParts, column_parts
from gui.geometry.compare_stacks import StackRow, arrange_stacks, rows_needed, shared_frames
from gui.widgets.compare.column_paint import ColumnStyle, paint_column, rect_of
from gui.widgets.compare.hint import paint_hints
from gui.widgets.compare.look import FrameLook, LaneLook, frame_looks, frame_tip, lane_look
from gui.widgets.in_sight import InSight
from gui.widgets.pointer import draw_pointer, wanted

if TYPE_CHECKING:
    from core.trace.trace import Frame
    from gui.compare_lane import LaneSession
    from gui.compare_session import CompareSession
    from gui.theme import Role, ThemeManager
    from gui.widgets.compare.hint import Hint

EMPTY = "Open a scenario in Live: its guards are then compared here."
NOT_BEGUN = "The run has not begun."
_LEAST_PX = (180, 170)
"""The smallest a column can be at the scale of 1."""


class LaneColumn(QWidget):
    """One lane: what it is, its guard's value, its stack and what it is doing.

    Up and Down choose a frame, Enter or a double click brings all lanes to its call.

    Args:
        number: Which lane.
        themes: The theme in force.
    """

    wanted = Signal(int, int)
    """All lanes shall go to where this one is at a position (its number, the position)."""

    def __init__(self, number: int, themes: ThemeManager) -> None:
        super().__init__()
        self.number, self._themes = number, themes
        self._style = ColumnStyle(themes.theme, themes.metrics)
        self.look: LaneLook | None = None
        self.rows: list[StackRow] = []
        self.frames: list[FrameLook] = []
        self._stack: tuple[Frame, ...] = ()
        self.side: Role | None = None
        self.hints: tuple[Hint, ...] = ()
        self._most_rows = 0
        self.parts = self._parts()
        self.chosen = -1
        self.highlights: tuple[str, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def point(self, highlights: tuple[str, ...]) -> None:
        """Point at the lane or at functions in it."""
        self.highlights = highlights
        self.update()

    def _draw_pointed(self, painter: QPainter) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        names = wanted(self.highlights, "function")
        meant = [
            at for at, row in enumerate(self.rows)
            if not row.folded and {self._stack[row.first].function.name,
                                   self._stack[row.first].function.essential} & set(names)
        ]  # fmt: skip
        for at in meant:
            draw_pointer(
                painter, rect_of(self.parts.row(at)), theme, metrics, arrow=at == meant[-1]
            )
        if str(self.number + 1) in wanted(self.highlights, "lane"):
            inside = QRectF(self.rect()).adjusted(4, 4, -metrics.px(9), -4)
            draw_pointer(painter, inside, theme, metrics)

    def fit(self, wanted_rows: int) -> None:
        """Make room for so many frames."""
        if wanted_rows != self._most_rows:
            self._most_rows = wanted_rows
            self.parts = self._parts()

    def show_lane(
        self, view: LaneSession, look: LaneLook, rows: list[StackRow], stack: tuple[Frame, ...]
    ) -> None:
        """Show a lane at a moment."""
        self.look, self.rows, self._stack = look, rows, stack
        self.frames = frame_looks(view, rows, stack)
        self.chosen = min(self.chosen, len(rows) - 1)
        self.setAccessibleName(f"Lane {look.letter}, {look.label}")
        self.setAccessibleDescription(self._described())
        self.update()

    def _described(self) -> str:
        assert self.look is not None
        frame = self.frames[self.chosen] if self.chosen >= 0 else None
        return f"{frame.name}. {frame.note}" if frame is not None else self.look.describe()

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        self._style = ColumnStyle(self._themes.theme, self._themes.metrics)
        self.parts = self._parts()
        self.updateGeometry()
        self.update()

    def _parts(self) -> ColumnParts:
        return column_parts(self.width(), self.height(), self._style.px, self._most_rows)

    @property
    def waits_to_begin(self) -> bool:
        """Whether nothing has happened yet in this lane: it says then what to press."""
        return self.look is not None and self.look.position < 0 and not self.frames

    def show_hints(self, hints: tuple[Hint, ...]) -> None:
        """Say these keys as long as nothing has happened."""
        self.hints = hints
        self.update()

    # -- choosing -------------------------------------------------------------------------

    def choose(self, row: int) -> None:
        """Choose a row; -1 chooses none."""
        self.chosen = max(-1, min(row, len(self.rows) - 1))
        if self.look is not None:
            self.setAccessibleDescription(self._described())
        self.update()

    def seek_to(self, row: int) -> None:
        """Bring all lanes to the call of a row's frame; of the newest one of a fold."""
        if 0 <= row < len(self.rows):
            frame = self._stack[self.rows[row].first + self.rows[row].n_frames - 1]
            self.wanted.emit(self.number, frame.call)

    def _key_action(self, key: int) -> bool:
        """Whether a key is the column's own now."""
        keys = {Qt.Key.Key_Up, Qt.Key.Key_Down}
        if self.chosen >= 0:
            keys |= {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}
        return bool(self.rows) and key in keys

    def event(self, event: QEvent) -> bool:
        """Claim the column's own keys before commands get them, and show tool tips."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if not event.modifiers() and self._key_action(event.key()):
                event.accept()
                return True
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            tip = self.tip_at(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), tip, self) if tip else QToolTip.hideText()
            return True
        return super().event(event)

    def tip_at(self, x: float, y: float) -> str:
        """Return what lies at a point, in words."""
        row = self.parts.row_at(x, y)
        if row is not None and row < len(self.rows):
            first, count = self.rows[row].first, self.rows[row].n_frames
            if count == 1:
                return frame_tip(self._stack[first])
            names = [frame.function.name for frame in self._stack[first : first + count]]
            shown = names if count <= 24 else [*names[:12], "…", *names[-11:]]
            return "\n".join(shown)
        if self.look is not None and self.parts.foot.contains(x, y):
            return self.look.sentence
        if self.look is not None and y < self.parts.rows.top:
            return self.look.describe().replace(". ", "\n")
        return ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a frame, go to its call, or let go of it."""
        key, last = event.key(), len(self.rows) - 1
        if event.modifiers() or not self._key_action(key):
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Up:
            self.choose(max(0, (self.chosen if self.chosen >= 0 else last + 1) - 1))
        elif key == Qt.Key.Key_Down:
            self.choose(min(last, self.chosen + 1) if self.chosen >= 0 else last)
        elif key == Qt.Key.Key_Escape:
            self.choose(-1)
        else:
            self.seek_to(self.chosen)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a frame."""
        if event.button() == Qt.MouseButton.LeftButton:
            row = self.parts.row_at(event.position().x(), event.position().y())
            self.choose(row if row is not None and row < len(self.rows) else -1)
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Bring all lanes to the call of a frame."""
        row = self.parts.row_at(event.position().x(), event.position().y())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self.seek_to(row)

    # -- Qt -------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return room for a dozen frames."""
        px = self._themes.metrics.px
        return QSize(px(360), px(420))

    def minimumSizeHint(self) -> QSize:
        """Return room for the head and a few frames."""
        px = self._themes.metrics.chrome
        return QSize(px(_LEAST_PX[0]), px(_LEAST_PX[1]))

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Find new places in the new size."""
        self.parts = self._parts()

    def draw(self, painter: QPainter) -> None:
        """Draw the column as it is now: on the screen or into an image."""
        theme = self._themes.theme
        painter.fillRect(self.rect(), QColor(theme.surface))
        if self.look is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_column(
                painter, self._style, self.parts, self.look, self.frames,
                side=self.side, chosen=self.chosen if self.hasFocus() else -1,
            )  # fmt: skip
            if self.waits_to_begin:
                room = rect_of(self.parts.rows)
                paint_hints(painter, self._style, room, NOT_BEGUN, self.hints)
        painter.fillRect(QRectF(self.width() - 1, 0, 1, self.height()), QColor(theme.border))
        self._draw_pointed(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.focus), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -2, -1))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the column."""
        with QPainter(self) as painter:
            self.draw(painter)


class LaneColumns(QWidget):
    """All lanes, each a column.

    Args:
        session: What is compared.
        themes: The theme in force.
    """

    def __init__(self, session: CompareSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.columns: list[LaneColumn] = []
        self._sides: dict[int, Role] = {}
        self._hints: tuple[Hint, ...] = ()
        self._stale = True
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self.setAccessibleName("Lanes side by side")
        in_sight = InSight(self)
        in_sight.connect_to(session.traces_changed, self._take)
        in_sight.connect_to(session.moment_changed, self._refresh)
        session.cursor.essential_changed.connect(self._refresh)
        in_sight.connect_to(session.highlights_changed, self._point)
        in_sight.connect_to(session.cursor.covered.changed, self._refresh)
        themes.changed.connect(self._dress)
        self._take()

    def set_sides(self, pair: tuple[int, int] | None) -> None:
        """Say which two lanes are laid over each other: they take on the overlay's colours."""
        theme = self._themes.theme
        self._pair = pair
        sides = (theme.only_a, theme.only_b)
        self._sides = dict(zip(pair, sides, strict=True)) if pair is not None else {}
        for column in self.columns:
            column.side = self._sides.get(column.number)
            column.update()

    _pair: tuple[int, int] | None = None

    def set_hints(self, hints: tuple[Hint, ...]) -> None:
        """Say which keys go on from before the first event: keys and what they do."""
        self._hints = hints
        for column in self.columns:
            column.show_hints(hints)

    def _take(self) -> None:
        count = len(self._session.views)
        while len(self.columns) < count:
            column = LaneColumn(len(self.columns), self._themes)
            column.wanted.connect(self._session.seek_in)
            column.show_hints(self._hints)
            self.columns.append(column)
            self._row.addWidget(column, 1)
            column.show()  # now: a layout would do it after the next paint
        for column in self.columns[count:]:
            self._row.removeWidget(column)
            column.hide()
            column.deleteLater()
        del self.columns[count:]
        self._point()
        self.set_sides(self._pair if self._pair and max(self._pair) < count else None)
        self._refresh()

    def _point(self) -> None:
        for column in self.columns:
            column.point(self._session.highlights)

    def _refresh(self, *_anything: object) -> None:
        """Show the lanes at the cursor, their stacks level."""
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        views = self._session.views
        # Where others are told first that the lanes have changed, they may resize this.
        if not views or len(self.columns) != len(views):
            return
        stacks = [view.frames() for view in views]
        names = [[frame.function.name for frame in stack] for stack in stacks]
        needed = rows_needed(names)
        for column in self.columns:
            column.fit(needed)
        room = min(column.parts.room for column in self.columns)
        arranged = arrange_stacks(names, room, shared_frames(names))
        for column, view, rows, stack in zip(self.columns, views, arranged, stacks, strict=True):
            column.show_lane(view, lane_look(self._session, view), rows, stack)

    def _dress(self) -> None:
        for column in self.columns:
            column.dress()
        self.set_sides(self._pair)
        self._refresh()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Say what would stand here as long as there is nothing."""
        theme, metrics = self._themes.theme, self._themes.metrics
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.surface))
            if not self.columns:
                painter.setPen(QColor(theme.muted))
                painter.setFont(metrics.ui("title"))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(self.rect(), int(flags), EMPTY)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the columns take their sizes, then arrange the rows in them."""
        super().resizeEvent(event)
        self._row.activate()
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with the cursor."""
        super().showEvent(event)
        self._row.activate()
        if self._stale:
            self._refresh()
