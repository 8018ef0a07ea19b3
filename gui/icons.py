"""The program's own icons, tinted when they are drawn.

Each icon is a line drawing on a 24 px grid in ``resources/icons``, drawn in ``currentColor``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import resources

if TYPE_CHECKING:
    from gui.theme import Theme

ICON_FOLDER = Path(resources.__path__[0]) / "icons"


def icon_names() -> list[str]:
    """Return the name of every icon that can be tinted."""
    return sorted(path.stem for path in ICON_FOLDER.glob("*.svg") if path.stem != "ownerscope")


@lru_cache(maxsize=128)
def _drawing(name: str) -> bytes:
    return (ICON_FOLDER / f"{name}.svg").read_bytes()


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size_px: int, ratio: float = 1.0) -> QPixmap:
    """Draw an icon.

    Args:
        name: File name in ``resources/icons`` without its ending.
        colour: What ``currentColor`` stands for, ``#rrggbb``.
        size_px: Edge in device-independent pixels.
        ratio: Device pixels per device-independent pixel.

    Returns:
        A square pixmap that knows its ratio. The same arguments give the same pixmap.
    """
    svg = _drawing(name).replace(b"currentColor", colour.encode())
    image = QPixmap(QSize(1, 1) * round(size_px * ratio))
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        QSvgRenderer(QByteArray(svg)).render(painter, QRectF(image.rect()))
    image.setDevicePixelRatio(ratio)
    return image


def icon(name: str, theme: Theme, size_px: int, *, colour: str = "", ratio: float = 1.0) -> QIcon:
    """Return an icon in the theme's colours: plain, switched on and disabled.

    Args:
        name: File name in ``resources/icons`` without its ending.
        theme: The theme in force; make the icon again when it changes.
        size_px: Edge in device-independent pixels.
        colour: Instead of the theme's text colour.
        ratio: The screen's device pixel ratio.
    """
    made = QIcon(pixmap(name, colour or theme.text, size_px, ratio))
    on = pixmap(name, colour or theme.accent_ink, size_px, ratio)
    made.addPixmap(on, QIcon.Mode.Normal, QIcon.State.On)
    off = pixmap(name, theme.disabled, size_px, ratio)
    made.addPixmap(off, QIcon.Mode.Disabled, QIcon.State.Off)
    made.addPixmap(off, QIcon.Mode.Disabled, QIcon.State.On)
    return made


def application_icon() -> QIcon:
    """Return the program's icon for window lists and docks."""
    return QIcon(str(ICON_FOLDER / "ownerscope.svg"))
