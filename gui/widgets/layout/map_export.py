"""The map of a struct as a picture or as text, to be put into a mail, a slide or a paper."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from core.errors import LayoutError
from gui.drawn import png_of, svg_of
from gui.geometry.map_grid import Grid, Zoom, grid_of, ruler_px
from gui.widgets.layout.map_head import MapHead
from gui.widgets.layout.map_paint import MapPainter, Marks
from gui.widgets.layout.map_scene import MapScene, amount, scene_of
from gui.widgets.layout.map_style import MapStyle

if TYPE_CHECKING:
    from gui.geometry.struct_map import Span
    from gui.theme import Metrics, Theme, ThemeManager
    from gui.widgets.layout.map_scene import MapSession

MOST_LINES = 4096
"""Cache lines a picture may have; every kernel's task_struct has fewer than 300."""
MOST_PIXELS = 1 << 28
"""What a PNG may have: 1 GiB of memory while it is painted."""
LONGEST_SIDE = 32_767
"""Pixels; Qt paints no further."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A whole map, laid out to be painted at once."""

    scene: MapScene
    style: MapStyle
    grid: Grid
    head: MapHead
    size: QSize

    def paint(self, painter: QPainter, selected: str) -> None:
        """Paint the head and all rows."""
        contents = self.scene.contents
        painter.fillRect(QRect(0, 0, self.size.width(), self.size.height()), self._ground())
        self.head.paint(painter, self.grid)
        painter.translate(0, self.head.height_px)
        high = self.size.height() - self.head.height_px
        everything = 4 * len(contents.spans) + self.grid.rows
        whole = MapPainter(
            contents, self.grid, self.style, 0, (self.size.width(), high), everything
        )
        whole.paint(painter, Marks(selected=contents.index_of(selected)))

    def _ground(self) -> QColor:
        return QColor(self.style.theme.surface)


def svg(session: MapSession, themes: ThemeManager) -> bytes:
    """Return the whole map as SVG, in the theme in force and at 100 %.

    Raises:
        LayoutError: Nothing is open, or the struct is too large for a picture.
    """
    sheet = _sheet(session, themes.theme, replace(themes.metrics, scale=1.0))
    return svg_of(
        sheet.size,
        lambda painter: sheet.paint(painter, session.selected),
        sheet.scene.title,
        sheet.scene.label,
    )


def png(session: MapSession, themes: ThemeManager, scale: float = 1.0) -> bytes:
    """Return the whole map as PNG, in the theme in force.

    Args:
        session: What is shown.
        themes: The theme in force.
        scale: Size of everything, 1 is 100 %.

    Raises:
        LayoutError: Nothing is open, or the picture would be too large.
    """
    if not 0.1 <= scale <= 16:
        raise LayoutError(
            f"a picture cannot be {scale:g} times its size", advice="give a scale of 0.1 to 16"
        )
    sheet = _sheet(session, themes.theme, replace(themes.metrics, scale=scale))
    width, height = sheet.size.width(), sheet.size.height()
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise LayoutError(
            f"the picture would have {width:,} x {height:,} pixels",
            advice="give a smaller scale, or take SVG or text",
        )
    image = QImage(sheet.size, QImage.Format.Format_ARGB32_Premultiplied)
    if image.isNull():
        raise LayoutError(
            f"there is no memory for {width:,} x {height:,} pixels", advice="give a smaller scale"
        )
    with QPainter(image) as painter:
        sheet.paint(painter, session.selected)
    return png_of(image)


def text(session: MapSession) -> str:
    """Return the map as text: a line a member or gap, with its offset and size in bytes.

    Raises:
        LayoutError: Nothing is open.
    """
    scene = _scene(session)
    contents = scene.contents
    rows = [_text_row(span) for span in contents.spans]
    widths = [max((len(row[at]) for row in rows), default=0) for at in (0, 1)]
    widths = [max(wide, len(name)) for wide, name in zip(widths, ("offset", "size"), strict=True)]
    lines = [f"{scene.label}: {scene.title.replace('  ·  ', ', ')}", ""]
    lines.append(f"{'offset':>{widths[0]}}  {'size':>{widths[1]}}  member")
    line = -1
    for span, (where, size, name) in zip(contents.spans, rows, strict=True):
        now = span.first_bit // (scene.line_bytes * 8)
        if now != line and span.size_bits:
            lines.append(f"-- cache line {now} --")
            line = now
        lines.append(f"{where:>{widths[0]}}  {size:>{widths[1]}}  {name}".rstrip())
    return "\n".join(lines) + "\n"


def _text_row(span: Span) -> tuple[str, str, str]:
    """Offset, size and name of a span; a bit is given as ``byte:bit`` and ``:width``."""
    whole, bit = divmod(span.first_bit, 8)
    in_bits = span.size_bits % 8 or bit or (span.member is not None and span.member.is_bitfield)
    where = f"{whole}:{bit}" if in_bits else f"{whole}"
    size = f":{span.size_bits}" if in_bits else f"{span.size_bits // 8}"
    if span.member is None:
        return where, size, f"<{span.kind.name.lower().replace('_', ' ')}>"
    name = f"{span.label}  {span.member.type_name}"
    if span.kind.name == "CANDIDATE":
        name += "  <- the new field"
    elif span.moved:
        moved = amount(abs(span.first_bit - span.from_bits))
        name += f"  (moved by {moved} from {span.from_bits // 8})"
    return where, size, name


def _scene(session: MapSession) -> MapScene:
    scene = scene_of(session)
    if scene is None:
        raise LayoutError("there is no struct to draw", advice="open a kernel first")
    return scene


def _sheet(session: MapSession, theme: Theme, metrics: Metrics) -> _Sheet:
    scene = _scene(session)
    lines = -(-scene.contents.struct.size_bytes // scene.line_bytes)
    if lines > MOST_LINES:
        raise LayoutError(
            f"struct {scene.contents.struct.name} has {lines:,} cache lines, a picture at most"
            f" {MOST_LINES:,}",
            advice="take the map as text",
        )
    style = MapStyle(theme, metrics)
    ruler = ruler_px(scene.contents.struct.size_bytes, scene.line_bytes, style.sizes)
    byte_px = style.sizes.byte_px[0]
    # Long lines are broken: a picture is to be read on a page.
    wide = min(scene.line_bytes, 64) * byte_px + 1
    width = round(ruler + wide + style.sizes.margin_px)
    grid = grid_of(scene.contents, scene.line_bytes, Zoom.NAMES, width, 0, style.sizes)
    head = MapHead(scene, style, width)
    return _Sheet(scene, style, grid, head, QSize(width, round(grid.height_px) + head.height_px))
