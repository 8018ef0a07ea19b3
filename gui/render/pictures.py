"""A moment of a run as a picture: PNG, SVG with text in it, or PDF."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QFontDatabase, QImage, QPageSize, QPainter, QPicture

from core.errors import RenderError
from core.pdf import finished
from gui.drawn import png_of
from gui.render.pdf import POINTS, RESOLUTION, pdf_writer
from gui.render.request import Format, PictureRequest
from gui.render.scenes import Scene, make_scene

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintDevice

__all__ = ["PictureRequest", "image_of", "picture"]

_PATTERN = re.compile(rb"texpattern_[0-9a-f]+")
_SIZE_MM = re.compile(rb'<svg width="[\d.]+mm" height="[\d.]+mm"')
_FAMILY = re.compile(rb'font-family="([^"]*)"')
_ALIASES = {"sans": "sans-serif", "sans serif": "sans-serif", "monospace": "monospace"}
"""Names that stand for a font of this machine, as CSS calls them."""


def picture(view: str, request: PictureRequest) -> bytes:
    """Return the contents of a picture's file: the same bytes for the same request.

    There must be an application (``QApplication``); its platform may be "offscreen".

    Args:
        view: "stack", "timeline", "compare", "layout" or "tree".
        request: What it is of, and how it looks.

    Raises:
        OwnerscopeError: There is nothing to be shown, or it is too large.
    """
    scene = make_scene(view, request)
    return encoded(scene, request.position, request.format, request.title or view)


def encoded(scene: Scene, position: int, kind: Format, title: str) -> bytes:
    """Return a moment of a scene as the contents of a file."""
    if kind == "png":
        return png_of(image_of(scene, position))
    return _svg(scene, position, title) if kind == "svg" else _pdf(scene, position, title)


def image_of(scene: Scene, position: int) -> QImage:
    """Return a moment of a scene as a raster.

    Raises:
        OwnerscopeError: There is no memory for so many pixels.
    """
    width, height = scene.size
    image = QImage(width, height, QImage.Format.Format_RGB32)
    if image.isNull():
        raise RenderError(
            f"there is no memory for {width:,} x {height:,} pixels", advice="give a smaller size"
        )
    image.fill(0)
    _draw(image, scene, position)
    return image


def _draw(device: QPaintDevice, scene: Scene, position: int) -> None:
    painter = QPainter(device)
    try:
        scene.draw(painter, position)
    finally:
        painter.end()


def _svg(scene: Scene, position: int, title: str) -> bytes:
    from PySide6.QtSvg import QSvgGenerator

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    # Tiny 1.2, the other version, knows no clipping.
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(RESOLUTION)
    generator.setSize(QSize(*scene.size))
    generator.setViewBox(QRectF(0, 0, *scene.size))
    generator.setTitle(title)
    # Qt writes the clips of widgets that are drawn into an SVG without where these widgets are, and
    # keeps them when they end: a browser then shows next to nothing. Played from a record of what
    # was painted, by one painter, they are right.
    recorded = QPicture()
    _draw(recorded, scene, position)
    painter = QPainter(generator)
    try:
        painter.drawPicture(0, 0, recorded)
    finally:
        painter.end()
    # Qt gives the size in millimetres, which not every reader knows.
    pixels = b'<svg width="%d" height="%d"' % scene.size
    return _SIZE_MM.sub(pixels, _with_families(_numbered(bytes(data.data()))), count=1)


def _numbered(svg: bytes) -> bytes:
    """Number patterns as they come: Qt names them by when they were made in this process."""
    names: dict[bytes, bytes] = {}
    return _PATTERN.sub(
        lambda found: names.setdefault(found[0], b"pattern%d" % (len(names) + 1)), svg
    )


def _with_families(svg: bytes) -> bytes:
    """Name a kind of font after each font: a browser without the font takes one with serifs."""

    def families(found: re.Match[bytes]) -> bytes:
        name = html.unescape(found[1].decode("utf-8"))
        generic = _ALIASES.get(name.lower(), "")
        if not generic:
            fixed = QFontDatabase.isFixedPitch(name)
            generic = f"{found[1].decode('utf-8')}, {'monospace' if fixed else 'sans-serif'}"
        return f'font-family="{generic}"'.encode()

    return _FAMILY.sub(families, svg)


def _pdf(scene: Scene, position: int, title: str) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = pdf_writer(buffer, title)
    width, height = scene.size
    size = QPageSize(QSizeF(width * POINTS, height * POINTS), QPageSize.Unit.Point)
    writer.setPageSize(size)
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    _draw(writer, scene, position)
    return finished(bytes(data.data()), title)
