"""Memory or time by subsystem or module, as areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
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
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolTip, QVBoxLayout, QWidget

from gui.geometry.treemap import Box, box_at, squarified
from gui.theme import ink_on
from gui.widgets.controls import Segments
from gui.widgets.flame.colours import area_fill
from gui.widgets.lazy_panel import LazyPanel
from gui.widgets.own_keys import claims
from gui.widgets.recordings.words import share_text, weight_name, weight_text

if TYPE_CHECKING:
    from gui.recording_session import RecordingSession
    from gui.theme import ThemeManager

_BY = (
    ("subsystem", "Subsystem", "By the part of the kernel, told by the functions of a stack"),
    ("module", "Module", "By the module of the innermost frame that lies in one"),
)


class Area(NamedTuple):
    """One area: what it is, what it weighs, and its share of everything shown."""

    name: str
    weight: int
    share: float


class TreemapPanel(LazyPanel):
    """A treemap with the choice of what its areas are.

    Args:
        session: What is shown.
        themes: The theme in force.
    """

    def __init__(self, session: RecordingSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.by = "subsystem"
        self.choice = Segments(_BY, themes, self.show_by)
        self.about = QLabel()
        self.map = Treemap(themes)
        self.map.chosen.connect(self._only)
        self._head, self._column = QHBoxLayout(), QVBoxLayout(self)
        self._head.addWidget(self.choice)
        self._head.addWidget(self.about, 1)
        self._column.addLayout(self._head)
        self._column.addWidget(self.map, 1)
        self.setAccessibleName("Treemap")
        session.tree_changed.connect(self.renew)
        themes.changed.connect(self._dress)
        self._dress()
        self.choice.show_value(self.by)

    def show_by(self, by: str) -> None:
        """Let areas be something else."""
        self.by = by
        self.choice.show_value(by)
        self.catch_up()

    def take(self) -> None:
        """Show what is new."""
        from core.recording.questions.query import Grouped

        session, shown = self._session, self._session.shown
        areas: list[Area] = []
        if shown is not None:
            grouped = Grouped(shown, self.by, session.weight)
            total = grouped.total or 1
            for group in grouped:
                weight = group.weights[session.weight]
                if weight > 0:
                    areas.append(Area(group.value, weight, weight / total))
        self.map.show_areas(areas, session.weight, self.by)
        name = weight_name(session.weight, session.profile).lower() if session.weight else ""
        self.about.setText(f"{name}, inferred" if self.by == "subsystem" and name else name)

    def _only(self, name: str) -> None:
        """Show only the records of an area, or all again where that is so already."""
        session, term = self._session, f'{self.by} = "{name}"'
        session.set_filter("" if session.filter == term else term)

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(8)
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._column.setSpacing(metrics.px(8))
        self._head.setSpacing(metrics.px(8))
        self.about.setFont(metrics.ui("caption"))
        self.about.setStyleSheet(f"color: {theme.muted}")
        self.map.update()


class Treemap(QWidget):
    """Areas in proportion to weights, the heaviest at the top left.

    Args:
        themes: The theme in force.
    """

    chosen = Signal(str)
    """An area was clicked, or Enter pressed on it (its name)."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.areas: list[Area] = []
        self._weight, self._by = "", "subsystem"
        self._at = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Treemap")

    def show_areas(self, areas: list[Area], weight: str, by: str) -> None:
        """Show other areas, heaviest first; ``by`` says what they are."""
        self.areas, self._weight, self._by, self._at = areas, weight, by, -1
        told = (f"{area.name} {share_text(area.share)}" for area in areas[:10])
        self.setAccessibleDescription(", ".join(told))
        self.update()

    def boxes(self) -> list[Box]:
        """Return where the areas lie."""
        weights = [area.weight for area in self.areas]
        return squarified(weights, Box(0, 0, self.width(), self.height()))

    def words(self, area: Area) -> str:
        """Return what an area says in full."""
        weight = weight_text(area.weight, self._weight)
        unit = f" {self._weight}" if self._weight in ("pages", "records") else ""
        return f"{area.name}\n{weight}{unit}, {share_text(area.share)}"

    def _at_point(self, place: QPoint) -> int:
        return box_at(self.boxes(), place.x(), place.y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at an area."""
        self._point(self._at_point(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at none."""
        super().leaveEvent(event)
        self._point(-1)

    def _point(self, at: int) -> None:
        if at != self._at:
            self._at = at
            self.setCursor(
                Qt.CursorShape.PointingHandCursor if at >= 0 else Qt.CursorShape.ArrowCursor
            )
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose an area."""
        at = self._at_point(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and at >= 0:
            self.chosen.emit(self.areas[at].name)

    def event(self, event: QEvent) -> bool:
        """Tell what is under the mouse, and keep the arrows from the commands of the window."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self._at_point(event.pos())
            QToolTip.showText(event.globalPos(), self.words(self.areas[at]) if at >= 0 else "")
            return True
        keys = (*_STEPS, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        return claims(event, keys) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from area to area with the arrows, choose with Enter."""
        key = Qt.Key(event.key())
        if key in _STEPS and self.areas:
            self._point(max(0, min(len(self.areas) - 1, self._at + _STEPS[key])))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at >= 0:
            self.chosen.emit(self.areas[self._at].name)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Return a fair size; it takes what there is."""
        return QSize(self._themes.metrics.px(280), self._themes.metrics.px(200))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the areas, with names where they have room."""
        theme, metrics = self._themes.theme, self._themes.metrics
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if not self.areas:
                painter.setPen(QColor(theme.muted))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Nothing to show")
            for at, (area, box) in enumerate(zip(self.areas, self.boxes(), strict=True)):
                fill = area_fill(theme, self._by, area.name)
                rect = QRectF(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1)
                if rect.width() <= 0 or rect.height() <= 0:
                    continue
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(fill))
                painter.drawRoundedRect(rect, 2, 2)
                self._write(painter, area, rect, fill)
                if at == self._at:
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.setPen(QPen(QColor(theme.text), metrics.px(2)))
                    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 2, 2)

    def _write(self, painter: QPainter, area: Area, rect: QRectF, fill: str) -> None:
        metrics = self._themes.metrics
        pad = metrics.px(5)
        inside = rect.adjusted(pad, pad, -pad, -pad)
        bold, plain = metrics.ui("caption", bold=True), metrics.ui("caption")
        lines = QFontMetrics(bold).height(), QFontMetrics(plain).height()
        if inside.height() < lines[0] or inside.width() < metrics.px(24):
            return
        painter.setPen(QColor(ink_on(fill)))
        painter.setFont(bold)
        mode = Qt.TextElideMode.ElideRight
        name = QFontMetrics(bold).elidedText(area.name, mode, int(inside.width()))
        top = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        painter.drawText(inside, top, name)
        if inside.height() >= sum(lines):
            painter.setFont(plain)
            below = QRect(
                int(inside.x()), int(inside.y()) + lines[0], int(inside.width()), lines[1]
            )
            said = f"{weight_text(area.weight, self._weight)} · {share_text(area.share)}"
            painter.drawText(below, top, QFontMetrics(plain).elidedText(said, mode, below.width()))


_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}
