"""Fonts, colours and lengths of the map at one theme and scale, measured once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap, QStaticText, QTransform

from gui.geometry.map_grid import Sizes
from gui.geometry.struct_map import Kind
from gui.theme import Metrics, Theme, contrast, mix
from gui.widgets.stack.style import face, stripe_brush

_MOST_TEXTS = 4096
LEAST_CHARS = 3
"""A name cut shorter than this tells nothing."""

_PLAIN_TINTS = {False: (0.075, 0.17), True: (0.10, 0.22)}
_BIT_TINTS = {False: (0.20, 0.36), True: (0.40, 0.66)}
"""Shares of the text's and the accent's colour; on dark it takes more of both to be seen."""
_READABLE = 4.6


class MapStyle:
    """How the map looks at one theme and scale.

    Args:
        theme: Colours.
        metrics: Sizes.
    """

    def __init__(self, theme: Theme, metrics: Metrics) -> None:
        self.theme, self.metrics = theme, metrics
        px = self.px = metrics.px
        self.name = face(metrics.mono("caption"))
        self.name_bold = face(metrics.mono("caption", bold=True))
        self.small = face(metrics.ui("caption"))
        self.small_bold = face(metrics.ui("caption", bold=True))
        self.body = face(metrics.ui("body"))
        self.char_px = max(1.0, self.name.width("0" * 20) / 20)
        line = self.name.metrics.height()
        self.pad_px = px(4)
        self.stripe_px = max(2, px(2.5))
        self.sizes = Sizes(
            char_px=self.char_px,
            margin_px=px(10),
            line_px=line,
            least_row_px=2,
            # Four letters of a name over four bytes, and a bit as wide as its number.
            byte_px=(px(13), px(26), 8 * max(px(10), 2.4 * self.char_px)),
            row_px=(line + px(9), 2 * line + px(12), 2 * line + px(14)),
            tall_px=px(104),
        )
        self.guard = theme.role("guard")
        self._plain = [
            QColor(mix(theme.text, theme.surface, tint)) for tint in _PLAIN_TINTS[theme.dark]
        ]
        self._bits = [
            QColor(mix(theme.accent, theme.surface, tint)) for tint in _BIT_TINTS[theme.dark]
        ]
        self.quiet = QColor(self._readable(theme.muted))
        self.gap_ground = QColor(theme.surface)
        self.hole = QColor(mix(theme.text, theme.surface, 0.34))
        self.moved = QColor(theme.info.colour)
        self._texts: dict[str, QStaticText] = {}
        self._cuts: dict[tuple[str, int], str] = {}

    def _readable(self, ink: str) -> str:
        """Stir text into an ink until it can be read on every ground."""
        grounds = [colour.name() for colour in (*self._plain, self._bits[0])]
        while min(contrast(ink, ground) for ground in grounds) < _READABLE:
            ink = mix(self.theme.text, ink, 0.15)
        return ink

    def ground(self, kind: Kind, shade: int) -> QColor:
        """Return the ground of a span's cells."""
        if kind is Kind.CANDIDATE:
            return QColor(self.guard.colour)
        if kind.is_gap:
            return self.gap_ground
        return (self._bits if kind is Kind.BITFIELD else self._plain)[shade]

    def hatch(self, painter: QPainter, kind: Kind) -> QBrush | None:
        """Return what is drawn over the ground of a gap: stripes for holes, dots for padding."""
        if kind in (Kind.HOLE, Kind.BIT_HOLE):
            return stripe_brush(painter, self.hole, self.px(3))
        if kind is Kind.PADDING:
            return self._dots(painter)
        return None

    def _dots(self, painter: QPainter) -> QBrush:
        ratio = painter.device().devicePixelRatio()
        edge = max(4, round(self.px(6) * ratio))
        tile = QPixmap(edge, edge)
        tile.fill(Qt.GlobalColor.transparent)
        with QPainter(tile) as inner:
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            inner.setPen(Qt.PenStyle.NoPen)
            inner.setBrush(self.hole)
            inner.drawEllipse(edge // 4, edge // 4, edge // 2, edge // 2)
        brush = QBrush(tile)
        brush.setTransform(QTransform.fromScale(1 / ratio, 1 / ratio))
        return brush

    def text(self, text: str) -> QStaticText:
        """Return a name laid out once, to be drawn many times."""
        made = self._texts.get(text)
        if made is None:
            if len(self._texts) > _MOST_TEXTS:
                self._texts.clear()
            made = self._texts[text] = QStaticText(text)
            made.setTextFormat(Qt.TextFormat.PlainText)
            made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            made.prepare(font=self.name.font)
        return made

    def cut(self, name: str, room_px: float, least: int = LEAST_CHARS) -> str:
        """Return a name cut to a width; empty where fewer than ``least`` letters would be left."""
        chars = int(room_px / self.char_px)
        if len(name) <= chars:
            return name
        if chars <= least:
            return ""
        key = (name, chars)
        made = self._cuts.get(key)
        if made is None:
            if len(self._cuts) > _MOST_TEXTS:
                self._cuts.clear()
            made = self._cuts[key] = name[: chars - 1] + "…"
        return made
