"""Whether a painter makes pixels, where a drawing at hand is quick, or shapes and text."""

from __future__ import annotations

from PySide6.QtGui import QPaintEngine, QPainter


def is_raster(painter: QPainter) -> bool:
    """Return whether a painter makes pixels; in SVG and PDF a pixmap would be all there is."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() is QPaintEngine.Type.Raster
