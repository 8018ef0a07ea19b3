"""A theme for pictures: it moves nothing, and leaves the application's own dress alone."""

from __future__ import annotations

from PySide6.QtCore import QDir, QObject, Qt
from PySide6.QtGui import QFont, QFontInfo
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from gui.icons import ICON_FOLDER
from gui.metrics import mono_family, ui_family
from gui.theme import DARK, LIGHT, Metrics, ThemeManager, palette, style_sheet


class StillThemes(ThemeManager):
    """A theme and a scale that stay.

    Args:
        theme: "light" or "dark".
        scale: Size of everything, 1 is 100 %; any number, a picture need not keep to the steps.
    """

    def __init__(self, theme: str, scale: float = 1.0) -> None:
        QObject.__init__(self)
        self._settings = None
        self._choice = "dark" if theme == "dark" else "light"
        self._motion = False
        # Its real name: a drawing is shown by programs that do not know an alias of this machine.
        family = QFontInfo(QFont(ui_family())).family()
        self._metrics = Metrics(scale, family, mono_family())
        QDir.setSearchPaths("controls", [str(ICON_FOLDER / "controls")])
        self._theme = DARK if theme == "dark" else LIGHT

    def dress(self, widget: QWidget) -> None:
        """Give a widget the look that the application gives its windows."""
        widget.setPalette(palette(self._theme))
        widget.setFont(self._metrics.ui())
        widget.setStyleSheet(style_sheet(self._theme, self._metrics))

    def dress_children(self, widget: QWidget) -> None:
        """Hand the palette down, which a style sheet stops, and leave out what only scrolls."""
        for child in widget.findChildren(QWidget):
            child.setPalette(palette(self._theme))
            if isinstance(child, QAbstractScrollArea):
                child.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _dress(self) -> None:
        """Leave the application as it is: the window may have another theme."""
