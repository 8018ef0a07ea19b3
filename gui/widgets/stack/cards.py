"""How a card of the call stack is drawn, once, into a pixmap that later paints reuse."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from gui.geometry.stack import Box, CardParts, Density, card_parts, flow, narrow_card_parts
from gui.theme import Role
from gui.widgets.raster import is_raster
from gui.widgets.stack.scene import CardLook
from gui.widgets.stack.style import (
    CENTRED,
    LEFT,
    RIGHT,
    Face,
    Style,
    draw_pill,
    faded,
    pattern_brush,
    qrect,
)
from gui.widgets.stack.words import ordinal

MOST_CACHED_BYTES = 48 << 20
Drawing = Callable[[QPainter], None]


class CardPixmaps:
    """Drawings of cards, the least recently used ones forgotten first.

    Args:
        style: Theme and scale in force; another style needs other pixmaps.
        ratio: Device pixels per device-independent pixel.
    """

    def __init__(self, style: Style, ratio: float) -> None:
        self.style, self.ratio = style, ratio
        self._made: OrderedDict[tuple[CardLook, Density, int, bool], QPixmap] = OrderedDict()
        self._bytes = 0
        self._blocks: dict[str, tuple[Hashable, QPixmap]] = {}

    def block(
        self,
        name: str,
        key: Hashable,
        width_px: float,
        height_px: float,
        draw: Drawing,
    ) -> QPixmap:
        """Return a drawing that is the same from paint to paint.

        Args:
            name: What it is; of each name only the last drawing is kept.
            key: What makes one drawing differ from another of the same size.
            width_px: Its width.
            height_px: Its height.
            draw: Draws it at the origin, where it is another one than the last.
        """
        key = (key, width_px, height_px)
        known = self._blocks.get(name)
        if known is not None and known[0] == key:
            return known[1]
        pixmap = self._blank(width_px, height_px)
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw(painter)
        self._blocks[name] = key, pixmap
        return pixmap

    def _blank(self, width_px: float, height_px: float) -> QPixmap:
        pixmap = QPixmap(
            max(1, round(width_px * self.ratio)), max(1, round(height_px * self.ratio))
        )
        pixmap.setDevicePixelRatio(self.ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap

    def card(
        self, look: CardLook, density: Density, width_px: int, *, ground: bool = True
    ) -> QPixmap:
        """Return a card, or only what is on it where the ground has another height just now."""
        key = (look, density, width_px, ground)
        pixmap = self._made.get(key)
        if pixmap is not None:
            self._made.move_to_end(key)
            return pixmap
        pixmap = self._made[key] = self._draw(look, density, width_px, ground=ground)
        self._bytes += _bytes_of(pixmap)
        while self._bytes > MOST_CACHED_BYTES and len(self._made) > 1:
            self._bytes -= _bytes_of(self._made.popitem(last=False)[1])
        return pixmap

    def _draw(self, look: CardLook, density: Density, width_px: int, *, ground: bool) -> QPixmap:
        height_px = self.style.sizes.card_px[density]
        pixmap = self._blank(width_px, height_px)
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if ground:
                box = Box(0, 0, width_px, height_px)
                draw_ground(painter, self.style, box, look, density)
            draw_content(painter, self.style, look, density, width_px)
        return pixmap

    # -- putting them into a picture --------------------------------------------------------

    def put_card(
        self, painter: QPainter, box: Box, look: CardLook, density: Density, *, ground: bool
    ) -> None:
        """Draw a card in a box; one that is less high than a card of its density is cut off."""
        if not is_raster(painter):
            self._shape_card(painter, box, look, density, ground=ground)
            return
        pixmap = self.card(look, density, round(box.width), ground=ground)
        if box.height >= self.style.sizes.card_px[density]:
            painter.drawPixmap(QPointF(box.left, box.top), pixmap)
            return
        height = max(1, round(box.height))
        source = QRectF(0, 0, pixmap.width(), height * self.ratio)
        painter.drawPixmap(QRectF(box.left, box.top, round(box.width), height), pixmap, source)

    def _shape_card(
        self, painter: QPainter, box: Box, look: CardLook, density: Density, *, ground: bool
    ) -> None:
        height, width = self.style.sizes.card_px[density], round(box.width)
        painter.save()
        painter.translate(box.left, box.top)
        if box.height < height:
            painter.setClipRect(QRectF(0, 0, width, box.height), Qt.ClipOperation.IntersectClip)
        if ground:
            draw_ground(painter, self.style, Box(0, 0, width, height), look, density)
        draw_content(painter, self.style, look, density, width)
        painter.restore()

    def put_block(
        self, painter: QPainter, box: Box, name: str, key: Hashable, draw: Drawing
    ) -> None:
        """Draw with its corner at a box's what is the same from paint to paint, see ``block``."""
        if is_raster(painter):
            drawn = self.block(name, key, box.width, box.height, draw)
            painter.drawPixmap(QPointF(box.left, box.top), drawn)
            return
        painter.save()
        painter.translate(box.left, box.top)
        draw(painter)
        painter.restore()


def _bytes_of(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4


def draw_ground(
    painter: QPainter, style: Style, box: Box, look: CardLook, density: Density
) -> None:
    """Draw the ground of a card; one that an interrupt called has its colour."""
    role = style.theme.role("interrupt")
    painter.setPen(QPen(QColor(role.colour if look.interrupt else style.theme.border), 1))
    painter.setBrush(QColor(role.soft) if look.interrupt else style.plate(look.level))
    radius = style.radius_px(density)
    painter.drawRoundedRect(qrect(box).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


def parts_of(style: Style, density: Density, width_px: float) -> CardParts:
    """Return where the parts of a card lie in this style; a narrow one is a single line."""
    height_px = style.sizes.card_px[density]
    if style.narrow:
        return narrow_card_parts(width_px, height_px, style.px(4), style.frame_column_px)
    return card_parts(
        width_px,
        height_px,
        density,
        style.px(10),
        style.frame_column_px,
        style.total_column_px,
    )


def draw_content(
    painter: QPainter, style: Style, look: CardLook, density: Density, width_px: int
) -> None:
    """Draw everything on a card but its ground, with its corner at the origin."""
    parts = parts_of(style, density, width_px)
    role = style.theme.role(look.subsystem)
    _draw_band(painter, style, parts, role, density)
    if parts.tile.width:
        _draw_tile(painter, style, parts.tile, role)
    _draw_numbers(painter, style, parts, look, density)
    name = _name_face(style, look.name, density, parts.title.width)
    painter.setFont(name.font)
    painter.setPen(QColor(style.theme.text))
    cut = name.cut_middle if style.narrow else name.cut
    shown = cut(look.name, parts.title.width)
    painter.drawText(qrect(parts.title), LEFT, shown)
    left = parts.title.left + name.width(shown) + style.px(10)
    left = _draw_kernel_name(painter, style, parts.title, look, density, left)
    left = _draw_pills(painter, style, parts.title, look, density, left)
    if not style.narrow:
        _draw_detail(painter, style, parts, look, density, left)


def _name_face(style: Style, name: str, density: Density, width_px: float) -> Face:
    """The density's font, or a smaller one where the name is cut off otherwise."""
    faces = style.names[density::-1]
    return next((face for face in faces if face.width(name) <= width_px), faces[-1])


def _draw_band(
    painter: QPainter, style: Style, parts: CardParts, role: Role, density: Density
) -> None:
    radius = style.radius_px(density)
    card = QPainterPath()
    card.addRoundedRect(QRectF(0, 0, parts.band.width * 4, parts.band.height), radius, radius)
    painter.save()
    painter.setClipPath(card)
    painter.fillRect(qrect(parts.band), QColor(role.colour))
    ink = faded(role.on_colour, 0.55)
    if role.pattern != "solid":
        painter.fillRect(qrect(parts.band), pattern_brush(role, ink, max(1.0, style.px(1) * 0.75)))
    painter.restore()


def _draw_tile(painter: QPainter, style: Style, tile: Box, role: Role) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(role.colour))
    painter.drawRoundedRect(qrect(tile), tile.height * 0.24, tile.height * 0.24)
    font = style.metrics.mono("body", bold=True)
    font.setPixelSize(max(7, round(tile.height * 0.66)))
    painter.setFont(font)
    painter.setPen(QColor(role.on_colour))
    painter.drawText(qrect(tile), CENTRED, role.glyph)


def _draw_numbers(
    painter: QPainter, style: Style, parts: CardParts, look: CardLook, density: Density
) -> None:
    if not parts.frame_bytes.width or not look.used_bytes:
        return  # a recording does not know the size of its frames
    painter.setFont(style.numbers[density].font)
    painter.setPen(QColor(style.theme.text))
    # The tilde says "not measured"; its tool tip says more.
    frame = f"{'~' if look.inferred else ''}{look.stack_bytes:,}"
    painter.drawText(qrect(parts.frame_bytes), RIGHT, frame)
    if parts.total_bytes.width:
        painter.setPen(QColor(style.theme.muted))
        painter.drawText(qrect(parts.total_bytes), RIGHT, look.used_text)


def _draw_kernel_name(
    painter: QPainter, style: Style, title: Box, look: CardLook, density: Density, left: float
) -> float:
    if not look.kernel_name:
        return left
    small = style.mono if density is Density.ROOMY else style.numbers[Density.DENSE]
    shown = small.cut(look.kernel_name, title.right - left)
    painter.setFont(small.font)
    painter.setPen(QColor(style.theme.muted))
    painter.drawText(QRectF(left, title.top, title.right - left, title.height), LEFT, shown)
    return left + small.width(shown) + style.px(10)


def _pills(look: CardLook, style: Style, density: Density) -> list[tuple[str, Role, bool]]:
    """Text, colours and whether it is filled, of each tag of a card."""
    pills = []
    if look.tag:
        role = style.theme.danger if look.wrapped else style.theme.role("guard")
        pills.append((f"{look.tag} wrapped" if look.wrapped else look.tag, role, True))
    if look.occurrence >= 2:
        words = (" time", " time on this stack")[density is Density.ROOMY]
        text = f"↻ {ordinal(look.occurrence)}{words}"
        pills.append((text, style.theme.warning, False))
    return pills


def _draw_pills(
    painter: QPainter, style: Style, title: Box, look: CardLook, density: Density, left: float
) -> float:
    pills = _pills(look, style, density)
    pill_face: Face = style.pills[density]
    height = min(pill_face.metrics.height() + style.px(4), title.height - 2)
    widths = [pill_face.width(text) + style.px(16) for text, _, _ in pills]
    painter.setFont(pill_face.font)
    lefts = flow(left, title.right, widths, style.px(6))
    for at, width, (text, role, filled) in zip(lefts, widths, pills, strict=False):
        box = Box(at, title.middle - height / 2, width, height)
        if filled:
            draw_pill(painter, box, text, QColor(role.colour), QColor(role.on_colour))
        else:
            edge = QColor(role.colour)
            draw_pill(painter, box, text, QColor(role.soft), QColor(role.ink), edge)
        left = at + width + style.px(6)
    return left


def _draw_detail(
    painter: QPainter, style: Style, parts: CardParts, look: CardLook, density: Density, left: float
) -> None:
    """Draw the subsystem and the source file: below the name, or at the right of its line."""
    role = style.theme.role(look.subsystem)
    small = style.details[density]
    box = parts.detail
    gap = style.px(8)
    label_width = small.width(role.label)
    source_width = small.width(look.source) + 3 * gap if look.source else 0
    if density is not Density.ROOMY:
        if box.right - left < label_width + source_width:
            source_width = 0
        if box.right - left < label_width:
            return
        box = Box(box.right - label_width - source_width, box.top, 0, box.height)
    painter.setFont(small.font)
    painter.setPen(QColor(role.ink))
    painter.drawText(QRectF(box.left, box.top, label_width + gap, box.height), LEFT, role.label)
    if not source_width:
        return
    dot = box.left + label_width + gap * 1.3
    painter.setPen(QPen(QColor(style.theme.muted), style.px(3), c=Qt.PenCapStyle.RoundCap))
    painter.drawPoint(QPointF(dot, box.middle + 1))
    painter.setPen(QColor(style.theme.muted))
    width = parts.detail.right - dot - gap
    shown = small.cut(look.source, width)
    painter.drawText(QRectF(dot + gap * 1.3, box.top, width, box.height), LEFT, shown)
