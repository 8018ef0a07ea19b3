"""Fonts, colours and lengths of the call stack at one theme and scale, measured once."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap, QTransform

from gui.geometry.stack import Box, Density, Sizes, Tail
from gui.theme import PATTERNS, Metrics, Role, TextStep, Theme, mix

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRED = Qt.AlignmentFlag.AlignCenter

_NAME_STEPS: tuple[TextStep, ...] = ("body", "title", "heading")
_NARROW_STEPS: tuple[TextStep, ...] = ("caption", "caption", "body")
_NUMBER_STEPS: tuple[TextStep, ...] = ("body", "body", "title")
_DETAIL_STEPS: tuple[TextStep, ...] = ("caption", "caption", "body")
_PILL_STEPS: tuple[TextStep, ...] = ("caption", "caption", "caption")
_TITLE_STEPS: tuple[TextStep, ...] = ("display", "heading", "title", "body", "caption")
_DEEPEST_TINT = 4


class Face(NamedTuple):
    """A font with its measures."""

    font: QFont
    metrics: QFontMetrics

    def width(self, text: str) -> int:
        """Return how wide a text is in pixels."""
        return self.metrics.horizontalAdvance(text)

    def height_of(self, text: str, width_px: float) -> int:
        """Return how tall a text is, broken into lines of a width."""
        room = QRect(0, 0, max(1, int(width_px)), 1 << 15)
        return self.metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text).height()

    def cut(self, text: str, width_px: float) -> str:
        """Return a text cut to a width, with dots where something is missing."""
        return self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width_px))

    def cut_middle(self, text: str, width_px: float) -> str:
        """Return a text cut to a width in its middle: names differ at both ends."""
        return self.metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, int(width_px))


def face(font: QFont) -> Face:
    """Return a font with its measures."""
    return Face(font, QFontMetrics(font))


class Style:
    """How the call stack looks at one theme and scale.

    Args:
        theme: Colours.
        metrics: Sizes.
        narrow: The view is one of several columns: names before everything else.
    """

    def __init__(self, theme: Theme, metrics: Metrics, *, narrow: bool = False) -> None:
        self.theme, self.metrics, self.narrow = theme, metrics, narrow
        px = self.px = metrics.px
        cards = (px(18), px(22), px(30)) if narrow else (px(20), px(32), px(54))
        gaps = (px(2), px(2), px(3)) if narrow else (px(2), px(3), px(6))
        self.sizes = Sizes(cards, gaps, px(26), px(22), px(20))
        self.margin_px = px(5) if narrow else px(12)
        self.gutter_px = px(9) if narrow else px(32)
        self.rail_px = px(4) if narrow else px(18)
        self.indent_step_px = px(9)
        self.link_px = px(38)
        self.header_px = px(32)
        self.band_px = px(96)
        self.returned_px = px(40)
        self.label_px = px(30)
        self.ghost_px = px(22)
        steps = _NARROW_STEPS if narrow else _NAME_STEPS
        self.names = [face(metrics.mono(step, bold=True)) for step in steps]
        numbers = _NARROW_STEPS if narrow else _NUMBER_STEPS
        self.numbers = [face(metrics.mono(step)) for step in numbers]
        self.details = [face(metrics.ui(step)) for step in _DETAIL_STEPS]
        self.pills = [face(metrics.ui(step, bold=True)) for step in _PILL_STEPS]
        self.caption = face(metrics.ui("caption"))
        self.caption_bold = face(metrics.ui("caption", bold=True))
        self.body = face(metrics.ui("body"))
        self.body_bold = face(metrics.ui("body", bold=True))
        self.mono = face(metrics.mono("body"))
        self.titles = [face(metrics.ui(step, bold=True)) for step in _TITLE_STEPS]
        self._plates = [
            QColor(mix(theme.accent, theme.raised, 0.035 * shade))
            for shade in range(_DEEPEST_TINT + 1)
        ]
        number = self.numbers[Density.ROOMY]
        self.frame_column_px = number.width("~0,000") + px(10)
        self.total_column_px = number.width("00,000") + px(14)

    def radius_px(self, density: Density) -> int:
        """Return how round a card's corners are."""
        return self.px((3, 5, 8)[density])

    def plate(self, level: int) -> QColor:
        """Return the ground of a card: a shade stronger each level, then two shades in turn."""
        shade = level if level <= _DEEPEST_TINT else _DEEPEST_TINT - 2 * (level % 2)
        return self._plates[shade]

    def role_of_verb(self, verb: str, subsystem: str) -> Role:
        """Return the colours of what the newest card is doing."""
        theme = self.theme
        if verb in ("load", "modify", "store", "test", "guard"):
            return theme.role("guard")
        if verb in ("lock", "unlock", "spin"):
            return theme.role("lock")
        if verb in ("interrupt", "irqs off", "irqs on"):
            return theme.role("interrupt")
        if verb in ("stop", "failed", "lost"):
            return theme.danger
        return theme.warning if verb == "warning" else theme.role(subsystem)

    def title_face(self, text: str, width_px: float, largest: TextStep = "display") -> Face:
        """Return the largest title font in which a text fits, the smallest where none does."""
        faces = self.titles[_TITLE_STEPS.index(largest) :]
        return next((face for face in faces if face.width(text) <= width_px), faces[-1])

    def title_lines(self, text: str, width_px: float) -> tuple[Face, int]:
        """Return the font of a title and how many lines it takes: large before short."""
        for lines, faces in ((1, self.titles[:3]), (2, self.titles[2:4])):
            for face in faces:
                # Words do not fill a line to its end.
                if face.width(text) <= width_px * (1 if lines == 1 else 1.8):
                    return face, lines
        return self.titles[-1], 2

    def tail(self, kind: str, ghosts: int) -> Tail:
        """Return how much room a barrier needs, wants and could use below the newest card."""
        if kind == "guard":
            fixed = self.band_px + self.label_px + self.px(8)
            few, all_of_them = min(ghosts, 4) * self.ghost_px, ghosts * self.ghost_px
            return Tail(self.px(64), fixed + few, fixed + all_of_them + self.px(6))
        if kind == "returned":
            return Tail(self.returned_px, self.returned_px, self.returned_px)
        stop_px = self.band_px + (self.px(14) if kind == "overflow" else 0)
        return Tail(self.px(64), stop_px, stop_px)


def qrect(box: Box) -> QRectF:
    """Return a box as Qt has it."""
    return QRectF(box.left, box.top, box.width, box.height)


def faded(colour: str, alpha: float) -> QColor:
    """Return a colour with an alpha of 0 to 1."""
    made = QColor(colour)
    made.setAlphaF(max(0.0, min(1.0, alpha)))
    return made


def pattern_brush(role: Role, colour: QColor, scale: float) -> QBrush:
    """Return a role's pattern in a colour, grown with the scale."""
    brush = QBrush(colour, PATTERNS[role.pattern])
    brush.setTransform(QTransform.fromScale(scale, scale))
    return brush


def draw_pill(
    painter: QPainter, box: Box, text: str, fill: QColor, ink: QColor, edge: QColor | None = None
) -> None:
    """Draw a rounded tag in the painter's font."""
    rect = qrect(box).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(QPen(edge, 1) if edge is not None else Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(rect, box.height / 2, box.height / 2)
    painter.setPen(ink)
    painter.drawText(qrect(box), CENTRED, text)


def stripe_brush(painter: QPainter, colour: QColor, step_px: float) -> QBrush:
    """Return diagonal stripes, as wide as the space between them.

    A texture, pixel for pixel on the painter's device: as many polygons under a clip would take
    ten times as long to paint.
    """
    ratio = painter.device().devicePixelRatio()
    return _stripe_brush(colour.rgba(), max(2, round(2 * step_px * ratio)), ratio)


@lru_cache(maxsize=64)
def _stripe_brush(rgba: int, edge: int, ratio: float) -> QBrush:
    tile = QPixmap(edge, edge)
    tile.fill(Qt.GlobalColor.transparent)
    with QPainter(tile) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor.fromRgba(rgba))
        for left in (-edge, 0, edge):
            corners = ((left, edge), (left + edge, 0), (left + 1.5 * edge, 0),
                       (left + 0.5 * edge, edge))  # fmt: skip
            painter.drawPolygon([QPointF(x, y) for x, y in corners])
    brush = QBrush(tile)
    brush.setTransform(QTransform.fromScale(1 / ratio, 1 / ratio))
    return brush


def stripes(painter: QPainter, rect: QRectF, colour: QColor, step_px: float) -> None:
    """Fill a rectangle with diagonal stripes that start at its corner."""
    painter.save()
    painter.setBrushOrigin(rect.topLeft())
    painter.fillRect(rect, stripe_brush(painter, colour, step_px))
    painter.restore()
