"""How workspaces put views together."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QSplitter, QWidget


def splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    """Return widgets side by side with handles between them; none can be dragged away."""
    made = QSplitter(orientation)
    for widget in widgets:
        made.addWidget(widget)
    made.setChildrenCollapsible(False)
    return made


def scrolled(widget: QWidget, name: str) -> QScrollArea:
    """Return a widget in an area that scrolls where it has no room.

    Args:
        widget: What may be larger than the area.
        name: What a screen reader calls the area.
    """
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    return area
