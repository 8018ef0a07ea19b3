"""ia64's cache of unwind scripts at the cursor, a cell a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QToolTip, QVBoxLayout, QWidget

from core.trace.info import CACHED_SCRIPTS
from gui.geometry.machine import Box, Cells
from gui.widgets.arrange import splitter
from gui.widgets.machine.details import About, Details, Link
from gui.widgets.machine.view import SHARES, HeldView
from gui.widgets.own_keys import claims

if TYPE_CHECKING:
    from core.trace.holdings.scripts import ScriptsState, ScriptState
    from core.trace.holdings.state import Holdings
    from gui.theme import ThemeManager

_HINT = "Select a script to see which frame it undoes. The numbers are those of the scripts."
_CELL_PX, _TALL_PX, _GAP_PX = 20, 18, 2
_WAYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def script_name(script: ScriptState) -> str:
    """Return whose frame a script undoes."""
    return f"{script.function}, where it calls {script.called}"


class ScriptGrid(QWidget):
    """Draws the slots of the cache; the arrows move from one to the next.

    Args:
        themes: The theme in force.
    """

    selected = Signal(int)
    """The slot the user selected, -1 for none."""
    opened = Signal(int)
    """The slot the user wants to go to."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._scripts: dict[int, ScriptState] = {}
        self._evicted = -1
        self.slot = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Script cache")

    def show_scripts(self, state: ScriptsState) -> None:
        """Show the cache."""
        self._scripts = {script.slot: script for script in state.scripts}
        self._evicted = state.evicted.slot if state.evicted is not None else -1
        self._describe()
        self.update()

    def _describe(self) -> None:
        script = self._scripts.get(self.slot)
        what = "nothing selected"
        if self.slot >= 0:
            what = f"slot {self.slot}, {script_name(script) if script else 'empty'}"
        self.setAccessibleDescription(f"{len(self._scripts)} of {CACHED_SCRIPTS} used; {what}")

    @property
    def cells(self) -> Cells:
        """Where the slots lie."""
        px = self._themes.metrics.px
        inside = self.width() - 2 * px(_GAP_PX)
        return Cells(CACHED_SCRIPTS, inside, px(_CELL_PX), px(_TALL_PX), px(_GAP_PX))

    def hasHeightForWidth(self) -> bool:
        """Say that a narrow cache is taller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all slots."""
        px = self._themes.metrics.px
        cells = Cells(
            CACHED_SCRIPTS, width - 2 * px(_GAP_PX), px(_CELL_PX), px(_TALL_PX), px(_GAP_PX)
        )
        return round(cells.total_px) + 2 * px(_GAP_PX)

    def sizeHint(self) -> QSize:
        """Return room for all slots at this width."""
        return QSize(self._themes.metrics.px(300), self.heightForWidth(max(1, self.width())))

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(self._themes.metrics.px(_CELL_PX), self.heightForWidth(max(1, self.width())))

    # -- painting -------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the slots."""
        metrics, cells = self._themes.metrics, self.cells
        with QPainter(self) as painter:
            painter.translate(metrics.px(_GAP_PX), metrics.px(_GAP_PX))
            painter.setFont(metrics.mono("caption"))
            for slot in range(CACHED_SCRIPTS):
                self._paint_slot(painter, cells.cell(slot), slot)

    def _paint_slot(self, painter: QPainter, cell: Box, slot: int) -> None:
        theme, px = self._themes.theme, self._themes.metrics.px
        role, script = theme.role("unwinder"), self._scripts.get(slot)
        box = QRectF(*cell).adjusted(0.5, 0.5, -0.5, -0.5)
        pen, text, ink, fill = QPen(QColor(theme.border), 1), "", theme.muted, theme.sunken
        if script is not None:
            text, ink, fill = str(script.number), role.ink, role.soft
            pen = QPen(QColor(role.colour), 1)
            if not script.built:
                pen.setStyle(Qt.PenStyle.DashLine)
                ink, fill = theme.warning.ink, theme.warning.soft
            if script.changed:
                ink, fill = theme.on_accent, theme.accent
        elif slot == self._evicted:
            text, ink = "×", theme.danger.ink
            pen = QPen(QColor(theme.danger.colour), 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(fill))
        painter.drawRect(box)
        painter.setPen(QColor(ink))
        room = int(cell.width)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideLeft, room)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
        if slot == self.slot:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            colour = theme.focus if self.hasFocus() else theme.text
            painter.setPen(QPen(QColor(colour), px(2)))
            painter.drawRect(box)

    # -- mouse and keys -------------------------------------------------------------------

    def choose(self, slot: int) -> None:
        """Select a slot."""
        self.slot = slot
        self._describe()
        self.update()
        self.selected.emit(slot)

    def slot_at(self, x: float, y: float) -> int:
        """Return the slot at a point, -1 where there is none."""
        gap = self._themes.metrics.px(_GAP_PX)
        return self.cells.at(x - gap, y - gap)

    def box_of(self, slot: int) -> Box:
        """Return where a slot lies in this widget."""
        gap, cell = self._themes.metrics.px(_GAP_PX), self.cells.cell(slot)
        return Box(cell.x + gap, cell.y + gap, cell.width, cell.height)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the slot under the mouse."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.choose(self.slot_at(event.position().x(), event.position().y()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go to where the script under the mouse entered the cache."""
        slot = self.slot_at(event.position().x(), event.position().y())
        if slot >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self.opened.emit(slot)

    def event(self, event: QEvent) -> bool:
        """Keep arrows and Enter from the window's commands; tell what is under the mouse."""
        if claims(event, (*_WAYS, *_ENTER)):
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            script = self._scripts.get(self.slot_at(event.pos().x(), event.pos().y()))
            QToolTip.showText(event.globalPos(), script_name(script) if script else "", self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move to a neighbour, or go to the script."""
        way = _WAYS.get(Qt.Key(event.key()))
        if way is not None:
            self.choose(self.cells.neighbour(self.slot, *way) if self.slot >= 0 else 0)
        elif event.key() in _ENTER and self.slot >= 0:
            self.opened.emit(self.slot)
        elif event.key() == Qt.Key.Key_Escape and self.slot >= 0:
            self.choose(-1)
        else:
            super().keyPressEvent(event)


class ScriptsView(HeldView):
    """The cache as a grid, and what there is to know about the selected script.

    Args:
        themes: The theme in force.
    """

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__("Unwind scripts", themes)
        self._state: ScriptsState | None = None
        self._holdings: Holdings | None = None
        self.title, self.grid = QLabel(wordWrap=True), ScriptGrid(themes)
        self.details = Details(_HINT, themes)
        self.area = QScrollArea()
        self.area.setWidget(self.grid)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setAccessibleName("Script cache")
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.title)
        parts = splitter(Qt.Orientation.Vertical, self.area, self.details)
        parts.setSizes(list(SHARES))
        self._column.addWidget(parts, 1)
        self.grid.selected.connect(self._show_details)
        self.grid.opened.connect(self._open)
        self.details.asked.connect(self.asked)
        self.dress()

    def show_at(self, holdings: Holdings, position: int) -> None:
        """Show the cache of a run at a position."""
        if holdings is not self._holdings:
            self._holdings = holdings
            self.grid.slot = -1
        self._state = holdings.scripts.at(position)
        self.grid.show_scripts(self._state)
        scripts = self._state.scripts
        half = sum(not script.built for script in scripts)
        about = f"{len(scripts)} of {self._state.capacity} slots used"
        if half:
            about += f" · {half} half built"
        if self._state.evicted is not None:
            about += f" · script {self._state.evicted.number} was taken out"
        self.title.setText(about if scripts else f"{about}: nothing has been unwound yet")
        self._show_details()

    def _script(self, slot: int) -> ScriptState | None:
        scripts = self._state.scripts if self._state is not None else ()
        return next((script for script in scripts if script.slot == slot), None)

    def _show_details(self, _slot: int = 0) -> None:
        script = self._script(self.grid.slot)
        if self.grid.slot < 0 and self._state is not None:
            script = next((script for script in self._state.scripts if script.changed), None)
        if script is None:
            empty = self.grid.slot >= 0
            self.details.show_about(About(f"Slot {self.grid.slot} is empty") if empty else None)
            return
        self.details.show_about(self.about(script))
        if self.grid.slot >= 0:
            box = self.grid.box_of(self.grid.slot)
            self.area.ensureVisible(round(box.x), round(box.y + box.height / 2), 0, 40)

    def about(self, script: ScriptState) -> About:
        """Return everything about a script."""
        built = "It has its instructions." if script.built else (
            "It is half built: in the cache, and not finished. A walk that needs it now waits for "
            "its lock; without SMP it finds it empty."
        )  # fmt: skip
        return About(
            f"Script {script.number}, slot {script.slot}",
            (f"Undoes the frame of {script_name(script)}.", built),
            (),
            (
                Link("Go to where it was added", script.made_at),
                Link("Go to where it was finished", script.built_at),
            ),
        )

    def _open(self, slot: int) -> None:
        script = self._script(slot)
        if script is not None:
            self.asked.emit(script.made_at)

    def dress(self) -> None:
        """Take on the theme in force."""
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(6)
        self._column.setContentsMargins(pad, pad, pad, 0)
        self._column.setSpacing(metrics.px(4))
        font = metrics.ui()
        self.title.setFont(font)
        self.title.setMinimumHeight(QFontMetrics(font).height())
        self.title.setStyleSheet(f"color: {theme.muted}; padding: 0 {metrics.px(4)}px")
        self.grid.updateGeometry()
        self.grid.update()
        self.details.dress()
