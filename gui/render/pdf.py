"""What writes a PDF, for pictures and handouts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUuid
from PySide6.QtGui import QPdfWriter

from core.pdf import MAKER, described, id_of

if TYPE_CHECKING:
    from PySide6.QtCore import QIODevice

RESOLUTION = 96
"""Dots an inch: with it a pixel of the drawing is a pixel of CSS."""
POINTS = 72 / RESOLUTION
"""The size of such a pixel."""


def pdf_writer(device: QIODevice, title: str) -> QPdfWriter:
    """Return a writer that puts nothing into a file that is by chance."""
    writer = QPdfWriter(device)
    writer.setResolution(RESOLUTION)
    writer.setTitle(title)
    writer.setCreator(MAKER)
    writer.setDocumentId(QUuid(id_of(title)))
    writer.setDocumentXmpMetadata(described(title))
    return writer
