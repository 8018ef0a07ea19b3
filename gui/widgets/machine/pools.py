"""The depot's pools as bars: what each record takes, what is free, what is lost, the spare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLineF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from gui.geometry.machine import Box, Pools, PoolSizes, record_at_byte, runs

if TYPE_CHECKING:
    from core.trace.holdings.depot import DepotState, PoolState
    from gui.theme import ThemeManager

_BAR_PX, _GAP_PX, _LEAST_PX, _EDGE_PX = 18, 6, 4, 2
_DIVIDED_PX = 3
"""Records are divided by lines where they are at least this wide on average, at 100 %."""
_SPARE = "spare"


def pool_text(pool: PoolState, pool_bytes: int) -> str:
    """Return what there is to know about a pool, in a line."""
    if pool.missing:
        return f"Pool {pool.number} has no pages: the depot moved on and has nowhere to write"
    stacks = "1 stack" if pool.n_records == 1 else f"{pool.n_records:,} stacks"
    text = f"Pool {pool.number}: {pool.used_bytes:,} of {pool_bytes:,} bytes, {stacks}"
    if pool.lost_bytes:
        text += f", {pool.lost_bytes:,} bytes lost at its end"
    return text


class PoolsDrawing(QWidget):
    """Draws the pools; a click on a record selects it.

    Args:
        themes: The theme in force.
    """

    record_clicked = Signal(int)
    """The number of a record."""
    record_opened = Signal(int)
    """The number of a record that was clicked twice."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._depot: DepotState | None = None
        self._selected = 0
        self.setMouseTracking(True)
        self.setAccessibleName("Pools of the depot")

    def show_depot(self, depot: DepotState | None, selected: int) -> bool:
        """Show the depot, with one record selected (0 for none); tells of another height."""
        tall = self.sizeHint().height()
        before, self._depot, self._selected = self._drawn(), depot, selected
        if self._drawn() == before:
            return False
        taller = self.sizeHint().height() != tall
        if taller:
            self.updateGeometry()
        if depot is not None:
            first = max(0, depot.n_pools - 3)
            lines = [pool_text(pool, depot.pool_bytes) for pool in depot.pools(first, 1 << 31)]
            lines.append("A spare is ready" if depot.spare else "No spare is ready")
            self.setAccessibleDescription(". ".join(lines))
        self.update()
        return taller

    def _drawn(self) -> object:
        """Return all that the drawing depends on, but for its size."""
        if self._depot is None:
            return None
        return replace(self._depot, position=0, max_pools=0), self._selected

    @property
    def pools(self) -> Pools:
        """Where the pools lie."""
        metrics, depot = self._themes.metrics, self._depot
        font = QFontMetrics(metrics.ui("caption"))
        names = (_SPARE, f"pool {max(0, depot.n_pools - 1) if depot else 0}")
        label = max(map(font.horizontalAdvance, names)) + metrics.px(10)
        sizes = PoolSizes(
            self.width() - metrics.px(_EDGE_PX),
            label,
            metrics.px(_BAR_PX),
            metrics.px(_GAP_PX),
            metrics.px(_LEAST_PX),
        )
        if depot is None:
            return Pools(0, False, 1, sizes)
        return Pools(depot.n_pools, depot.spare, depot.pool_bytes, sizes)

    def sizeHint(self) -> QSize:
        """Return the room that all pools take."""
        px = self._themes.metrics.px
        return QSize(px(200), round(self.pools.height_px) + 2 * px(_EDGE_PX))

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(1, self.sizeHint().height())

    # -- painting -------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pools that are in sight."""
        depot = self._depot
        if depot is None:
            return
        pools = self.pools
        with QPainter(self) as painter:
            painter.translate(0, self._themes.metrics.px(_EDGE_PX))
            rows = pools.rows_between(event.rect().top(), event.rect().bottom() + 1)
            known = depot.pools(rows.start, min(rows.stop, depot.n_pools))
            for pool in known:
                self._paint_pool(painter, pools, pool, depot)
            if depot.spare and depot.n_pools in rows:
                self._paint_spare(painter, pools, depot)

    def _paint_label(self, painter: QPainter, bar: Box, text: str, *, changed: bool) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        painter.setFont(metrics.ui("caption", bold=changed))
        painter.setPen(QColor(theme.accent_ink if changed else theme.muted))
        painter.drawText(
            QRectF(0, bar.y, bar.x, bar.height), int(Qt.AlignmentFlag.AlignVCenter), text
        )

    def _paint_pool(
        self, painter: QPainter, pools: Pools, pool: PoolState, depot: DepotState
    ) -> None:
        theme, px = self._themes.theme, self._themes.metrics.px
        bar, role = pools.bar(pool.number), theme.role("depot")
        self._paint_label(painter, bar, f"pool {pool.number}", changed=pool.changed)
        if pool.missing:
            self._outline(painter, bar, theme.danger.colour, dashed=True)
            painter.setPen(QColor(theme.danger.ink))
            painter.drawText(QRectF(*bar), Qt.AlignmentFlag.AlignCenter, "× no pages")
            return
        painter.fillRect(QRectF(*bar), QColor(theme.sunken))
        if pool.before_bytes:
            part = QRectF(*pools.part(pool.number, 0, pool.before_bytes))
            painter.fillRect(part, QColor(role.soft))
            painter.fillRect(part, QBrush(QColor(role.colour), Qt.BrushStyle.Dense7Pattern))
            self._name_part(painter, part, "filled before the run")
        self._paint_records(painter, pools, pool, depot)
        if pool.lost_bytes:
            lost = QRectF(*pools.part(pool.number, pool.used_bytes, depot.pool_bytes))
            painter.fillRect(lost, QBrush(QColor(theme.outline), Qt.BrushStyle.BDiagPattern))
            self._name_part(painter, lost, "lost")
        edge = role.colour if pool.current else theme.outline
        self._outline(painter, bar, edge, dashed=False, thick=px(2) if pool.current else 1)

    def _name_part(self, painter: QPainter, part: QRectF, text: str) -> None:
        """Write into a part of a pool what it is, where there is room."""
        theme, metrics = self._themes.theme, self._themes.metrics
        painter.setFont(metrics.ui("caption"))
        wide = painter.fontMetrics().horizontalAdvance(text) + metrics.px(8)
        if wide > part.width():
            return
        behind = QRectF(part.center().x() - wide / 2, part.y(), wide, part.height())
        painter.fillRect(behind, QColor(theme.surface))
        painter.setPen(QColor(theme.muted))
        painter.drawText(part, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_records(
        self, painter: QPainter, pools: Pools, pool: PoolState, depot: DepotState
    ) -> None:
        theme, px = self._themes.theme, self._themes.metrics.px
        role, number = theme.role("depot"), pool.number
        begins, ends = (places.tolist() for places in depot.places(pool))
        for first, end in runs(begins, ends):
            painter.fillRect(QRectF(*pools.part(number, first, end)), QColor(role.colour))
        taken = sum(ends) - sum(begins)
        if begins and pools.part(number, 0, taken).width / len(begins) >= px(_DIVIDED_PX):
            painter.setPen(QPen(QColor(theme.surface), 1))
            boxes = (pools.part(number, 0, end) for end in ends)
            painter.drawLines([QLineF(box.right, box.y, box.right, box.bottom) for box in boxes])
        for marked in (depot.n_records, self._selected):
            at = marked - pool.first_record
            record = depot.record(marked) if 0 <= at < pool.n_records else None
            if record is None:
                continue
            box = pools.part(number, begins[at], ends[at], seen=True)
            painter.fillRect(QRectF(*box), QColor(theme.surface))
            inside = QRectF(*box).adjusted(0, px(2), 0, -px(2))
            chosen = theme.text if marked == self._selected else role.ink
            painter.fillRect(inside, QColor(theme.accent if record.changed else chosen))

    def _paint_spare(self, painter: QPainter, pools: Pools, depot: DepotState) -> None:
        theme = self._themes.theme
        bar = pools.bar(depot.n_pools)
        changed = depot.spare_at == depot.position >= 0
        self._paint_label(painter, bar, _SPARE, changed=changed)
        colour = theme.accent if changed else theme.role("depot").colour
        self._outline(painter, bar, colour, dashed=True)

    def _outline(
        self, painter: QPainter, bar: Box, colour: str, *, dashed: bool, thick: int = 1
    ) -> None:
        pen = QPen(QColor(colour), thick)
        if dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = thick / 2
        painter.drawRect(QRectF(*bar).adjusted(half, half, -half, -half))

    # -- the mouse ------------------------------------------------------------------------

    def record_at(self, x: float, y: float) -> int:
        """Return the number of the record at a point, 0 where there is none."""
        depot, pools = self._depot, self.pools
        row = pools.row_at(x, y - self._themes.metrics.px(_EDGE_PX))
        if depot is None or not 0 <= row < depot.n_pools:
            return 0
        (pool,) = depot.pools(row, row + 1)
        begins, ends = (places.tolist() for places in depot.places(pool))
        at = record_at_byte(begins, ends, pools.byte_at(x))
        return pool.first_record + at if at >= 0 else 0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the record under the mouse."""
        number = self.record_at(event.position().x(), event.position().y())
        if number and event.button() is Qt.MouseButton.LeftButton:
            self.record_clicked.emit(number)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go to the event that stored the record under the mouse."""
        number = self.record_at(event.position().x(), event.position().y())
        if number and event.button() is Qt.MouseButton.LeftButton:
            self.record_opened.emit(number)

    def event(self, event: QEvent) -> bool:
        """Tell what is under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self._tip(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def _tip(self, x: float, y: float) -> str:
        depot = self._depot
        row = self.pools.row_at(x, y - self._themes.metrics.px(_EDGE_PX))
        if depot is None or row < 0:
            return ""
        if row >= depot.n_pools:
            return "Pages kept for the next pool: the depot need not allocate when it is full"
        (pool,) = depot.pools(row, row + 1)
        number = self.record_at(x, y)
        record = depot.record(number) if number else None
        lines = [pool_text(pool, depot.pool_bytes)]
        if record is not None:
            lines.append(f"Stack {record.number}, handle {record.handle}")
        return "\n".join(lines)
