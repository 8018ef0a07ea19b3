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
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True, slots=True)
class Scene:
    """What of the tree stays while the cursor moves.

    Attributes:
        tree: The saves of the run.
        layout: Where the boxes are.
        theme: The theme in force.
        metrics: The sizes in force.
        side_px: The room at the left for what the rows hold.
    """

    tree: SaveTree
    layout: Layout
    theme: Theme
    metrics: Metrics
    side_px: float


@dataclass(frozen=True, slots=True)
class Marks:
    """What is drawn over the tree.

    Attributes:
        path: The saves from the top level to the cursor's.
        current: The save the cursor is in, -1 for none.
        selected: The save the keyboard is at, -1 where it is elsewhere.
        hovered: The box under the mouse.
    """

    path: frozenset[int]
    current: int
    selected: int
    hovered: Box | None


def paint_scene(painter: QPainter, scene: Scene, *, begun: bool) -> None:
    """Draw the tree: as if all of it had begun, or as if all of it were still to come."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for row in scene.layout.rows:
        _row(painter, scene, row)
    bars: dict[str, list[QRectF]] = {}
    for box in scene.layout.boxes:
        if box.width < _BAR_PX:
            role = _role(scene, box)
            colour = role.colour if begun or role.name == "guard" else role.soft
            bars.setdefault(colour, []).append(shape(box))
        else:
            _link(painter, scene, box, on_path=False)
            _box(painter, scene, box, begun=begun)
    painter.setPen(Qt.PenStyle.NoPen)
    for colour, rects in bars.items():
        painter.setBrush(QColor(colour))
        painter.drawRects(rects)


def paint_marks(painter: QPainter, scene: Scene, marks: Marks) -> None:
    """Draw the way to the cursor, the save it is in, and where the keyboard and the mouse are."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    way = [box for box in scene.layout.boxes if not marks.path.isdisjoint(box.nodes)]
    for box in way:
        _link(painter, scene, box, on_path=True)
    theme, px = scene.theme, scene.metrics.px
    for box in way:
        here = marks.current in box.nodes
        pen = QPen(QColor(theme.accent), px(3) if here else px(1.5))
        _ring(painter, box, pen, -px(1) if here else 0.0, px(5))
    if marks.hovered is not None:
        _ring(painter, marks.hovered, QPen(QColor(theme.text), px(1)), 0.0, px(5))
    looked_at = scene.layout.box_of(marks.selected) if marks.selected >= 0 else None
    if looked_at is not None:
        pen = QPen(QColor(theme.text), px(1.5), Qt.PenStyle.DashLine)
        _ring(painter, looked_at, pen, px(3), px(3))


def side_width(metrics: Metrics, rows: tuple[Row, ...]) -> float:
    """Return the room that what the rows hold needs at the left."""
    strong, quiet = QFontMetricsF(metrics.ui(bold=True)), QFontMetricsF(metrics.ui("caption"))
    widest = max((strong.horizontalAdvance(row.label) for row in rows), default=0)
    return max(widest, quiet.horizontalAdvance("level 00")) + metrics.px(14)


def _row(painter: QPainter, scene: Scene, row: Row) -> None:
    """Say at the left what a row holds."""
    theme, metrics = scene.theme, scene.metrics
    strong, quiet = metrics.ui(bold=True), metrics.ui("caption")
    room = QRectF(0, row.top, scene.side_px - metrics.px(10), row.height)
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


def _link(painter: QPainter, scene: Scene, box: Box, *, on_path: bool) -> None:
    """Draw the way from the save that caused a box down to it."""
    above = box.level - scene.layout.rows[0].level - 1
    if above < 0:
        return
    row, theme, px = scene.layout.rows[above], scene.theme, scene.metrics.px
    pen = QPen(QColor(theme.accent), px(2.5)) if on_path else QPen(QColor(theme.outline), px(1))
    painter.setPen(pen)
    painter.drawLine(QPointF(box.middle, row.top + row.height), QPointF(box.middle, box.top))


def _role(scene: Scene, box: Box) -> Role:
    """The colours of a box: of several saves those of the rarest end."""
    tree, theme = scene.tree, scene.theme
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


def _box(painter: QPainter, scene: Scene, box: Box, *, begun: bool) -> None:
    role = _role(scene, box)
    hit = role.name == "guard"
    fill = scene.theme.surface if not begun else role.colour if hit else role.soft
    rect = shape(box).adjusted(0.5, 0.5, -0.5, -0.5)
    radius = min(scene.metrics.px(5), rect.width() / 4)
    style = Qt.PenStyle.SolidLine if begun else Qt.PenStyle.DashLine
    painter.setBrush(QColor(fill))
    painter.setPen(QPen(QColor(role.colour), 1, style))
    painter.drawRoundedRect(rect, radius, radius)
    if box.width < scene.metrics.px(_LABEL_PX):
        return
    if begun and not hit:
        stripe = QRectF(rect.left(), rect.top(), scene.metrics.px(3), rect.height())
        painter.fillRect(stripe, QColor(role.colour))
    _label(painter, scene, box, role, ink=role.on_colour if hit and begun else "")


def _label(painter: QPainter, scene: Scene, box: Box, role: Role, ink: str) -> None:
    """Write into a box what fits: a sign of how it ended, who asked, and what it cost."""
    metrics = scene.metrics
    sign, low = metrics.ui("caption", bold=True), QFontMetricsF(metrics.ui("caption")).height()
    if box.height < low:
        return
    room = shape(box).adjusted(metrics.px(7), 0, -metrics.px(3), 0)
    has_sign = role.name in ("guard", "danger")
    sign_px = QFontMetricsF(sign).horizontalAdvance(role.glyph) + metrics.px(6) if has_sign else 0
    lines = _fitting(scene, box, room.width() - sign_px)
    if has_sign:
        painter.setFont(sign)
        painter.setPen(QColor(ink or role.ink))
        where = room if lines else shape(box)
        flags = _LEFT if lines else Qt.AlignmentFlag.AlignCenter
        painter.drawText(where, flags, role.glyph)
        room.adjust(sign_px, 0, 0, 0)
    if lines:
        _lines(painter, scene, box, room, lines, ink)


def _fitting(scene: Scene, box: Box, room_px: float) -> tuple[str, str] | None:
    """The most that a box has room for: a strong line, and a quiet one where both fit."""
    metrics = scene.metrics
    strong, quiet = QFontMetricsF(metrics.ui(bold=True)), QFontMetricsF(metrics.ui("caption"))
    two = box.height >= strong.height() + quiet.height() + metrics.px(4)
    for first, second in box_lines(scene.tree, box):
        if not first:
            break
        below = second if two else ""
        if max(strong.horizontalAdvance(first), quiet.horizontalAdvance(below)) <= room_px:
            return first, below
    return None


def _lines(
    painter: QPainter, scene: Scene, box: Box, room: QRectF, lines: tuple[str, str], ink: str
) -> None:
    strong, quiet = scene.metrics.ui(bold=True), scene.metrics.ui("caption")
    high, low = QFontMetricsF(strong).height(), QFontMetricsF(quiet).height()
    painter.setPen(QColor(ink or scene.theme.text))
    painter.setFont(strong if box.height >= high else quiet)
    if not lines[1]:
        painter.drawText(room, _LEFT, lines[0])
        _beside(painter, scene, box, room, ink)
        return
    top = room.top() + (room.height() - high - low) / 2
    painter.drawText(QRectF(room.left(), top, room.width(), high), _LEFT, lines[0])
    painter.setFont(quiet)
    painter.setPen(QColor(ink or scene.theme.muted))
    painter.drawText(QRectF(room.left(), top + high, room.width(), low), _LEFT, lines[1])


def _beside(painter: QPainter, scene: Scene, box: Box, room: QRectF, ink: str) -> None:
    """Write the quiet line behind the strong one where one line has room for both."""
    metrics = scene.metrics
    strong, quiet = QFontMetricsF(metrics.ui(bold=True)), metrics.ui("caption")
    first, second = box_lines(scene.tree, box)[0]
    used = strong.horizontalAdvance(first) + metrics.px(10)
    if second and used + QFontMetricsF(quiet).horizontalAdvance(second) <= room.width():
        painter.setFont(quiet)
        painter.setPen(QColor(ink or scene.theme.muted))
        rest = room.adjusted(used, 0, 0, 0)
        painter.drawText(rest, _LEFT, second)


def _ring(painter: QPainter, box: Box, pen: QPen, inset: float, radius: float) -> None:
    rect = shape(box)
    sideways = min(inset, max(0.0, rect.width() / 2 - 1))
    rect = rect.adjusted(sideways, inset, -sideways, -inset)
    rounded = min(radius, rect.width() / 4)
    painter.setPen(pen)
    painter.drawRoundedRect(rect, rounded, rounded)
