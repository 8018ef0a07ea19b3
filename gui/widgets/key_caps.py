"""Keys as they are written, and as caps that are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeySequence, QPainter, QPen

if TYPE_CHECKING:
    from gui.theme import Metrics, Theme

CAP_PX = 20
"""Height of a key cap at 100 %."""


def label_of(key: QKeySequence) -> str:
    """Return a key as the platform writes it, arrows as arrows."""
    text = key.toString(QKeySequence.SequenceFormat.NativeText)
    return {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}.get(text, text)


def cap_parts(label: str) -> list[str]:
    """Return the keys of one shortcut: ``Ctrl++`` is ``Ctrl`` and ``+``."""
    head = label[:-1].removesuffix("+")
    return [*filter(None, head.split("+")), label[-1]] if label.endswith("+") else label.split("+")


def caps_width(label: str, metrics: Metrics) -> int:
    """Return how wide ``draw_caps`` draws a shortcut, in pixels."""
    gap, widths = metrics.px(3), _cap_widths(label, metrics)
    return sum(widths) + gap * (len(widths) - 1)


def draw_caps(painter: QPainter, start: QPoint, label: str, theme: Theme, metrics: Metrics) -> int:
    """Draw a shortcut as key caps.

    Args:
        painter: Where to; its font and pen are left changed.
        start: The middle of the first cap's left edge.
        label: The shortcut as ``label_of`` writes it.
        theme: The theme in force.
        metrics: The sizes in force, ``frame()`` of them in a toolbar.

    Returns:
        The right edge of the last cap.
    """
    left, height = start.x(), metrics.px(CAP_PX)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(metrics.ui("caption"))
    for part, width in zip(cap_parts(label), _cap_widths(label, metrics), strict=True):
        cap = QRectF(left + 0.5, start.y() - height / 2 + 0.5, width - 1, height - 1)
        painter.setPen(QPen(QColor(theme.pressed), 1))
        painter.setBrush(QColor(theme.window))
        painter.drawRoundedRect(cap, metrics.px(4), metrics.px(4))
        painter.setPen(QColor(theme.text))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, part)
        left += width + metrics.px(3)
    return left - metrics.px(3)


def _cap_widths(label: str, metrics: Metrics) -> list[int]:
    font, height = QFontMetrics(metrics.ui("caption")), metrics.px(CAP_PX)
    pad = metrics.px(12)
    return [max(height, font.horizontalAdvance(part) + pad) for part in cap_parts(label)]
