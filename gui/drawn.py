"""What a painter draws, as the bytes of a file."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QIODevice, QRect, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter

PIXELS_AN_INCH = 96
"""With it a pixel of the drawing is a pixel of CSS."""


def svg_of(
    size: QSize,
    paint: Callable[[QPainter], object],
    title: str,
    about: str = "",
    resolution: int = PIXELS_AN_INCH,
) -> bytes:
    """Return what is painted as SVG: shapes are shapes, and text is text.

    Args:
        size: Its width and height in pixels.
        paint: Paints it.
        title: What it is called.
        about: What it says, for those who do not see it.
        resolution: Dots an inch of what is painted; another one would scale its text.
    """
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(resolution)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    generator.setDescription(about)
    with QPainter(generator) as painter:
        paint(painter)
    return bytes(buffer.data().data())


def png_of(image: QImage) -> bytes:
    """Return an image as PNG."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"PNG").write(image)
    return bytes(buffer.data().data())
