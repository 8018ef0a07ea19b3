"""How the boxes of a tree are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from core.trace.save_tree import Outcome
from gui.geometry.save_tree import Box, Layout, Row
from gui.widgets.tree.words import box_lines, role_of

if TYPE_CHECKING:
    from core.trace.save_tree import SaveTree
    from gui.theme import Metrics, Role, Theme

_BAR_PX = 5
"""Narrower boxes are bars without an edge."""
_LABEL_PX = 14


@dataclass(slots=True)
class Picture:
    """Everything a paint of the tree needs.

    Attributes:
        tree: The saves of the run.
        layout: Where the boxes are.
        theme: The theme in force.
        metrics: The sizes in force.
        position: The cursor: what comes later is drawn hollow.
        path: The saves from the top level to the cursor's.
        current: The save the cursor is in, -1 for none.
        selected: The save the keyboard is at.
        hovered: The box under the mouse.
        focused: Whether the tree has the keyboard.
        side_px: The room at the left for what the rows hold.
    """

    tree: SaveTree
    layout: Layout
    theme: Theme
    metrics: Metrics
    position: int
    path: frozenset[int]
    current: int
    selected: int
    hovered: Box | None
    focused: bool
    side_px: float


def paint(painter: QPainter, picture: Picture) -> None:
    """Draw the tree."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for row in picture.layout.rows:
        _row(painter, picture, row)
    for box in picture.layout.boxes:
        _link(painter, picture, box)
    for box in picture.layout.boxes:
        _box(painter, picture, box)
    for box in picture.layout.boxes:
        _rings(painter, picture, box)


def side_width(metrics: Metrics, rows: tuple[Row, ...]) -> float:
    """Return the room that what the rows hold needs at the left."""
    strong, quiet = QFontMetricsF(metrics.ui(bold=True)), QFontMetricsF(metrics.ui("caption"))
    widest = max((strong.horizontalAdvance(row.label) for row in rows), default=0)
    return max(widest, quiet.horizontalAdvance("level 00")) + metrics.px(14)


def _row(painter: QPainter, picture: Picture, row: Row) -> None:
    """Say at the left what a row holds."""
    theme, metrics = picture.theme, picture.metrics
    strong, quiet = metrics.ui(bold=True), metrics.ui("caption")
    room = QRectF(0, row.top, picture.side_px - metrics.px(10), row.height)
    right, middle = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignVCenter
    lines = QFontMetricsF(strong).height() + QFontMetricsF(quiet).height()
    fits = QFontMetricsF(strong).elidedText(row.label, Qt.TextElideMode.ElideRight, room.width())
    if row.height >= lines:
        top = row.top + (row.height - lines) / 2
        upper = QRectF(0, top, room.width(), QFontMetricsF(quiet).height())
        lower = QRectF(0, upper.bottom(), room.width(), QFontMetricsF(strong).height())
        painter.setFont(quiet)
        painter.setPen(QColor(theme.muted))
        painter.drawText(upper, right | middle, f"level {row.level}")
        painter.setFont(strong)
        painter.setPen(QColor(theme.text))
        painter.drawText(lower, right | middle, fits)
    else:
        painter.setFont(quiet)
        painter.setPen(QColor(theme.text))
        text = f"{row.level}: {row.label}"
        painter.drawText(room, right | middle, text)


def _link(painter: QPainter, picture: Picture, box: Box) -> None:
    """Draw the way from the save that caused a box down to it."""
    gap = picture.metrics.px(1)
    if box.level < 2 or box.width < _BAR_PX:
        return
    above = picture.layout.rows[box.level - picture.layout.rows[0].level - 1]
    on_path = any(node in picture.path for node in box.nodes)
    theme = picture.theme
    thick = picture.metrics.px(2.5) if on_path else gap
    painter.setPen(QPen(QColor(theme.accent if on_path else theme.outline), thick))
    painter.drawLine(QPointF(box.middle, above.top + above.height), QPointF(box.middle, box.top))


def _role(picture: Picture, box: Box) -> Role:
    """The colours of a box: of several saves those of the rarest end."""
    tree, theme = picture.tree, picture.theme
    if len(box.nodes) == 1:
        return role_of(theme, int(tree.outcome[box.nodes[0]]))
    outcomes = {int(tree.outcome[node]) for node in box.nodes}
    order = (
        Outcome.UNFINISHED, Outcome.FAILED, Outcome.SCAN_HIT, Outcome.HIT, Outcome.STORED,
        Outcome.KNOWN,
    )  # fmt: skip
    return role_of(theme, next(outcome for outcome in order if outcome in outcomes))


def shape(box: Box) -> QRectF:
    """Return what is filled of a box: wide ones leave a pixel to their neighbour."""
    apart = 1.0 if box.width >= _BAR_PX else 0.0
    return QRectF(box.left, box.top, box.width - apart, box.height)


def _box(painter: QPainter, picture: Picture, box: Box) -> None:
    theme, role = picture.theme, _role(picture, box)
    happened = int(picture.tree.call[box.nodes[0]]) <= picture.position
    hit = role.name == "guard"
    if box.width < _BAR_PX:
        painter.fillRect(shape(box), QColor(role.colour if happened or hit else role.soft))
        return
    fill = role.colour if hit else role.soft
    if not happened:
        fill = theme.surface
    rect = shape(box).adjusted(0.5, 0.5, -0.5, -0.5)
    radius = min(picture.metrics.px(5), rect.width() / 4)
    painter.setBrush(QColor(fill))
    pen = QPen(QColor(role.colour), 1)
    if not happened:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.drawRoundedRect(rect, radius, radius)
    if happened and not hit and box.width >= picture.metrics.px(_LABEL_PX):
        stripe = QRectF(rect.left(), rect.top(), picture.metrics.px(3), rect.height())
        painter.fillRect(stripe, QColor(role.colour))
    _label(painter, picture, box, role, ink=role.on_colour if hit and happened else "")


def _label(painter: QPainter, picture: Picture, box: Box, role: Role, ink: str) -> None:
    """Write into a box what fits: a sign of how it ended, who asked, and what it cost."""
    metrics, theme = picture.metrics, picture.theme
    room = shape(box).adjusted(metrics.px(7), 0, -metrics.px(3), 0)
    sign, strong, quiet = (
        metrics.ui("caption", bold=True),
        metrics.ui(bold=True),
        metrics.ui("caption"),
    )
    wide = QFontMetricsF(strong).horizontalAdvance
    narrow = QFontMetricsF(quiet).horizontalAdvance
    high = QFontMetricsF(strong).height()
    if box.width < metrics.px(_LABEL_PX) or box.height < QFontMetricsF(quiet).height():
        return
    shows_sign = role.name in ("guard", "danger")
    sign_px = QFontMetricsF(sign).horizontalAdvance(role.glyph) + metrics.px(6) if shows_sign else 0
    two = box.height >= high + QFontMetricsF(quiet).height() + metrics.px(4)
    lines = next(
        (
            (first, second if two else "")
            for first, second in box_lines(picture.tree, box)
            if sign_px + wide(first) <= room.width()
            and (not two or sign_px + narrow(second) <= room.width())
        ),
        None,
    )
    if shows_sign and (lines is None or not lines[0]):
        painter.setFont(sign)
        painter.setPen(QColor(ink or role.ink))
        painter.drawText(shape(box), Qt.AlignmentFlag.AlignCenter, role.glyph)
        return
    if lines is None:
        return
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    if shows_sign:
        painter.setFont(sign)
        painter.setPen(QColor(ink or role.ink))
        painter.drawText(room, middle, role.glyph)
        room.adjust(sign_px, 0, 0, 0)
    painter.setPen(QColor(ink or theme.text))
    painter.setFont(strong if box.height >= high else quiet)
    if not lines[1]:
        painter.drawText(room, middle, lines[0])
        _beside(painter, picture, box, room, ink)
        return
    below = QFontMetricsF(quiet).height()
    top = room.top() + (room.height() - high - below) / 2
    painter.drawText(QRectF(room.left(), top, room.width(), high), middle, lines[0])
    painter.setFont(quiet)
    painter.setPen(QColor(ink or theme.muted))
    painter.drawText(QRectF(room.left(), top + high, room.width(), below), middle, lines[1])


def _beside(painter: QPainter, picture: Picture, box: Box, room: QRectF, ink: str) -> None:
    """Write the quiet line behind the strong one where one line has room for both."""
    metrics = picture.metrics
    strong, quiet = QFontMetricsF(metrics.ui(bold=True)), metrics.ui("caption")
    first, second = box_lines(picture.tree, box)[0]
    used = strong.horizontalAdvance(first) + metrics.px(10)
    if second and used + QFontMetricsF(quiet).horizontalAdvance(second) <= room.width():
        painter.setFont(quiet)
        painter.setPen(QColor(ink or picture.theme.muted))
        rest = room.adjusted(used, 0, 0, 0)
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, second)


def _rings(painter: QPainter, picture: Picture, box: Box) -> None:
    """Mark the way to the cursor, the save it is in, and where the keyboard and the mouse are."""
    theme, px = picture.theme, picture.metrics.px
    painter.setBrush(Qt.BrushStyle.NoBrush)
    marks: list[tuple[str, float, float]] = []
    if any(node in picture.path for node in box.nodes):
        marks.append((theme.accent, px(1.5), 0.0))
    if picture.current in box.nodes:
        marks.append((theme.accent, px(3), -px(1)))
    if box is picture.hovered or box == picture.hovered:
        marks.append((theme.text, px(1), 0.0))
    for colour, thick, inset in marks:
        _ring(painter, box, QPen(QColor(colour), thick), inset, px(5))
    if picture.focused and picture.selected in box.nodes:
        pen = QPen(QColor(theme.text), px(1.5), Qt.PenStyle.DashLine)
        _ring(painter, box, pen, px(3), px(3))


def _ring(painter: QPainter, box: Box, pen: QPen, inset: float, radius: float) -> None:
    rect = shape(box)
    sideways = min(inset, max(0.0, rect.width() / 2 - 1))
    rect = rect.adjusted(sideways, inset, -sideways, -inset)
    rounded = min(radius, rect.width() / 4)
    painter.setPen(pen)
    painter.drawRoundedRect(rect, rounded, rounded)
