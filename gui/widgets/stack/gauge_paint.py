"""How the stack gauge is drawn from what it says."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen, QPolygonF

from gui.geometry.easing import ease_out
from gui.geometry.gauge import (
    GaugeParts,
    GaugeSizes,
    Scale,
    clear_of,
    gauge_parts,
    jagged,
    segments,
    ticks,
)
from gui.theme import Metrics, Theme
from gui.widgets.stack.reading import Reading
from gui.widgets.stack.style import CENTRED, LEFT, face, faded, pattern_brush, stripes


class GaugeStyle:
    """How the gauge looks at one theme and scale.

    Args:
        theme: Colours.
        metrics: Sizes.
    """

    def __init__(self, theme: Theme, metrics: Metrics) -> None:
        self.theme, self.metrics = theme, metrics
        px = self.px = metrics.px
        self.digits = face(metrics.mono("display", bold=True))
        self.body = face(metrics.ui("body"))
        self.heading = face(metrics.ui("body", bold=True))
        self.caption = face(metrics.ui("caption"))
        self.caption_bold = face(metrics.ui("caption", bold=True))
        line = QFontMetrics(metrics.ui("body")).height()
        self.sizes = GaugeSizes(
            px(32), self.digits.metrics.height(), line, px(64), px(16), px(26), line + px(4), px(10)
        )
        labels = max(self.caption_bold.width(text) for text in ("THREAD_SIZE", "peak 00,000"))
        self.width_px = max(
            px(16 + 64 + 10 + 12) + labels, px(16 + 12) + self.digits.width("00,000")
        )

    def parts(self, height_px: int) -> GaugeParts:
        """Return where the parts of the gauge lie."""
        return gauge_parts(height_px, self.sizes)


def paint_gauge(
    painter: QPainter,
    style: GaugeStyle,
    size: QSize,
    reading: Reading,
    shown_bytes: float,
    burst: float,
) -> None:
    """Draw the gauge.

    Args:
        painter: Where to.
        style: Theme and scale.
        size: Of the view.
        reading: What it says.
        shown_bytes: Where the fill is on its way to ``reading.used_bytes``.
        burst: How far an overflow has burst, 0 to 1; 0 where there is none.
    """
    theme = style.theme
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(theme.window))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    parts = style.parts(size.height())
    _paint_header(painter, style, size)
    if not reading.thread_bytes:
        return
    _paint_digits(painter, style, parts, size.width(), reading)
    top, height = parts.bar
    bar = QRectF(parts.bar_left_px, top, style.sizes.bar_px, height)
    scale = Scale(top, height, reading.thread_bytes)
    painter.fillRect(bar, QColor(theme.sunken))
    if reading.reserved_bytes:
        _paint_reserved(painter, style, bar, scale, reading)
    else:
        _paint_guard(painter, style, bar, parts, reading)
    _paint_fill(painter, style, bar, scale, reading, shown_bytes)
    painter.setPen(QPen(QColor(theme.outline), max(1.0, style.px(1))))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)
    _paint_scale(painter, style, parts, bar, scale, reading)
    if reading.overflowed:
        _paint_burst(painter, style, bar, scale, reading, burst)


def _paint_header(painter: QPainter, style: GaugeStyle, size: QSize) -> None:
    theme, height = style.theme, style.sizes.header_px
    painter.setFont(style.heading.font)
    painter.setPen(QColor(theme.text))
    room = QRectF(style.sizes.left_px, 0, size.width() - style.sizes.left_px, height)
    painter.drawText(room, LEFT, "Stack use")
    painter.setPen(QPen(QColor(theme.border), 1))
    painter.drawLine(QPointF(0, height - 0.5), QPointF(size.width(), height - 0.5))
    painter.drawLine(QPointF(0.5, 0), QPointF(0.5, size.height()))


def _paint_digits(
    painter: QPainter, style: GaugeStyle, parts: GaugeParts, width_px: int, reading: Reading
) -> None:
    theme, left = style.theme, style.sizes.left_px
    over = reading.overflowed
    painter.setFont(style.digits.font)
    painter.setPen(QColor(theme.danger.ink if over else theme.text))
    top, height = parts.digits
    room = QRectF(left, top, width_px - left, height)
    painter.drawText(room, LEFT, reading.used_text)
    painter.setFont(style.body.font)
    painter.setPen(QColor(theme.text))
    top, height = parts.of
    words = f"of {reading.room_bytes:,} bytes"
    painter.drawText(QRectF(left, top, width_px - left, height), LEFT, words)
    painter.setFont(style.caption_bold.font if over else style.caption.font)
    painter.setPen(QColor(theme.danger.ink if over else theme.muted))
    top, height = parts.note
    painter.drawText(QRectF(left, top, width_px - left, height), LEFT, reading.note())


def _paint_fill(
    painter: QPainter,
    style: GaugeStyle,
    bar: QRectF,
    scale: Scale,
    reading: Reading,
    shown_bytes: float,
) -> None:
    """Draw the frames' bytes by subsystem, and what has just been given back as a trail."""
    theme = style.theme
    painter.save()
    painter.setClipRect(
        QRectF(bar.left(), bar.top(), bar.width(), scale.y(shown_bytes) - bar.top())
    )
    if shown_bytes > reading.used_bytes:
        top = scale.y(reading.used_bytes)
        trail = QRectF(bar.left(), top, bar.width(), scale.y(shown_bytes) - top)
        painter.fillRect(trail, faded(theme.muted, 0.35))
    for part in segments(reading.frames):
        role = theme.role(part.subsystem)
        top, bottom = scale.y(part.start_bytes), scale.y(part.end_bytes)
        rect = QRectF(bar.left(), top, bar.width(), bottom - top)
        painter.fillRect(rect, QColor(role.colour))
        if role.pattern != "solid":
            ink = faded(role.on_colour, 0.4)
            painter.fillRect(rect, pattern_brush(role, ink, max(1.0, style.px(1) * 0.75)))
        if rect.height() >= style.caption_bold.metrics.height():
            tile = QRectF(0, 0, style.px(18), style.caption_bold.metrics.height())
            tile.moveCenter(rect.center())
            painter.fillRect(tile, QColor(role.colour))
            painter.setFont(style.caption_bold.font)
            painter.setPen(QColor(role.on_colour))
            painter.drawText(tile, CENTRED, role.glyph)
        if rect.height() >= 3:
            painter.fillRect(QRectF(rect.left(), bottom - 1, rect.width(), 1), QColor(theme.sunken))
    painter.restore()
    if reading.used_bytes:
        edge = max(2.0, style.px(2))
        y = min(scale.y(shown_bytes), bar.bottom())
        painter.fillRect(QRectF(bar.left(), y - edge / 2, bar.width(), edge), QColor(theme.text))


def _paint_reserved(
    painter: QPainter, style: GaugeStyle, bar: QRectF, scale: Scale, reading: Reading
) -> None:
    """Draw the part of the pages that task_struct has, at the far end."""
    theme = style.theme
    top = scale.y(reading.room_bytes)
    rect = QRectF(bar.left(), top, bar.width(), bar.bottom() - top)
    painter.fillRect(rect, QColor(theme.pressed))
    stripes(painter, rect, faded(theme.muted, 0.4), style.px(5))
    painter.fillRect(
        QRectF(rect.left(), top - 1, rect.width(), max(2.0, style.px(2))), QColor(theme.muted)
    )
    small = style.caption_bold
    high, room = small.metrics.height(), rect.height() - style.px(12)
    size, borrowed = f"{reading.reserved_bytes:,}", ["(borrowed size)"] * reading.borrowed
    variants = ([f"task_struct {size}", *borrowed], ["task_struct", size], ["task_struct"])
    lines = next((v for v in variants if max(small.width(line) for line in v) <= room), None)
    if lines is None:
        return
    width = max(small.width(line) for line in lines)
    painter.save()
    painter.translate(rect.center())
    painter.rotate(-90)
    plate = QRectF(-width / 2 - style.px(5), -high * len(lines) / 2 - style.px(2),
                   width + style.px(10), high * len(lines) + style.px(4))  # fmt: skip
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.window))
    painter.drawRoundedRect(plate, style.px(4), style.px(4))
    painter.setFont(small.font)
    painter.setPen(QColor(theme.text))
    painter.drawText(plate, CENTRED, "\n".join(lines))
    painter.restore()


def _paint_guard(
    painter: QPainter, style: GaugeStyle, bar: QRectF, parts: GaugeParts, reading: Reading
) -> None:
    """Draw the guard page behind the last byte."""
    danger = style.theme.danger
    top, height = parts.guard
    rect = QRectF(bar.left(), top, bar.width(), height)
    painter.fillRect(rect, QColor(danger.soft))
    stripes(painter, rect, faded(danger.colour, 0.85 if reading.overflowed else 0.5), style.px(6))
    painter.setPen(QPen(QColor(danger.colour), max(1.0, style.px(1))))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)
    painter.setFont(style.caption_bold.font if reading.overflowed else style.caption.font)
    painter.setPen(QColor(danger.ink))
    label = QRectF(parts.labels_left_px, top, style.px(120), height)
    painter.drawText(label, LEFT, "guard page")


def _paint_scale(
    painter: QPainter,
    style: GaugeStyle,
    parts: GaugeParts,
    bar: QRectF,
    scale: Scale,
    reading: Reading,
) -> None:
    """Draw the marks, the name of the end, and how high it was at most."""
    theme, left = style.theme, parts.labels_left_px
    high = style.caption.metrics.height()
    peak = scale.y(min(reading.peak_bytes, reading.thread_bytes))
    end = bar.bottom() - high * 0.4
    taken = [end]
    if reading.peak_bytes:
        taken.append(peak)
    painter.setFont(style.caption.font)
    for tick in ticks(scale, high):
        y = scale.y(tick.at_bytes)
        length = style.px(6) if tick.major else style.px(3)
        painter.setPen(QPen(QColor(theme.outline), 1))
        painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + length, y))
        if tick.label and clear_of(y, taken, high):
            painter.setPen(QColor(theme.muted))
            painter.drawText(QRectF(left, y - high / 2, style.px(80), high), LEFT, tick.label)
    if reading.peak_bytes and clear_of(peak, [end], high) and not reading.overflowed:
        _paint_peak(painter, style, bar, peak, left, reading)
    painter.setFont(style.caption_bold.font)
    painter.setPen(QColor(theme.text))
    y = bar.bottom() - high * 0.9
    painter.drawText(QRectF(left, y, style.px(120), high), LEFT, "THREAD_SIZE")
    painter.setFont(style.caption.font)
    painter.setPen(QColor(theme.muted))
    below = QRectF(style.sizes.left_px, parts.guard[0] + parts.guard[1] + style.px(2),
                   style.px(200), style.sizes.end_px)  # fmt: skip
    painter.drawText(below, LEFT, f"{reading.thread_bytes // 1024} KiB = {reading.thread_bytes:,}")


def _paint_peak(
    painter: QPainter, style: GaugeStyle, bar: QRectF, y: float, left: float, reading: Reading
) -> None:
    theme = style.theme
    ink = QColor(theme.accent_ink)
    painter.setPen(QPen(ink, max(2.0, style.px(2)), Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(bar.left(), y), QPointF(left - style.px(4), y))
    high = style.caption_bold.metrics.height()
    painter.setFont(style.caption_bold.font)
    painter.setPen(ink)
    painter.drawText(QRectF(left, y - high / 2, style.px(120), high), LEFT, reading.peak_text)


def _paint_burst(
    painter: QPainter, style: GaugeStyle, bar: QRectF, scale: Scale, reading: Reading, burst: float
) -> None:
    """Draw the fill breaking out past the last byte, wider than the bar it should stay in."""
    danger = style.theme.danger
    out = ease_out(burst)
    end = scale.y(reading.room_bytes)
    past = max(scale.y(reading.used_bytes) - end, style.px(18)) * out
    wider = style.px(9) * out
    points = jagged(bar.left() - wider, bar.right() + wider, end + past, style.px(9) * out)
    path = QPainterPath(QPointF(bar.left(), end - style.px(6)))
    path.lineTo(bar.right(), end - style.px(6))
    for x, y in reversed(points):
        path.lineTo(x, y)
    path.closeSubpath()
    painter.setPen(QPen(QColor(style.theme.window), max(1.0, style.px(2))))
    painter.setBrush(QColor(danger.colour))
    painter.drawPath(path)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if burst < 1:
        reach = style.px(26) * out
        painter.setPen(QPen(faded(danger.colour, 1 - burst), style.px(3)))
        painter.drawPolyline(QPolygonF([QPointF(x, y + reach) for x, y in points]))
