"""What is asked before a picture or film is exported, and how far it is while it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from gui.widgets.elided import ElidedLabel
from gui.widgets.progress_card import ProgressCard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gui.render.exporter import FilmExporter
    from gui.theme import ThemeManager

SIZES = ((1280, 720), (1920, 1080), (2560, 1440), (1024, 768), (640, 360))
SPEEDS = (None, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0)
RATES = (10, 20, 25, 30, 50, 60)
USUAL_RATE = 20
SCALES = (0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0)
PATIENCE_MS = 300
_WIDE_PX = 460


class ExportDialog(QDialog):
    """How large a picture is, and which part of the run a film shows, how fast.

    Args:
        parent: Over what it stands.
        views: What can be drawn, each with what it is called; the first is offered.
        length: How many events there are.
        selected: The part of the run that is offered, as positions; None for all of it.
        is_film: Whether it is a film.
        scale: The size of what is drawn that is offered.
    """

    def __init__(
        self,
        parent: QWidget,
        views: Sequence[tuple[str, str]],
        length: int,
        selected: tuple[int, int] | None,
        *,
        is_film: bool,
        scale: float,
    ) -> None:
        super().__init__(parent)
        self.is_film, self._length = is_film, length
        self.setWindowTitle("Export film" if is_film else "Export picture")
        self.view, self.size_box, self.scale = QComboBox(), QComboBox(), QComboBox()
        for view, name in views:
            self.view.addItem(name, view)
        for width, height in SIZES:
            self.size_box.addItem(f"{width} × {height}", (width, height))
        for step in sorted({*SCALES, scale}):
            self.scale.addItem(f"{step:.0%}", step)
        self.scale.setCurrentIndex(self.scale.findData(scale))
        self.first, self.last = QSpinBox(), QSpinBox()
        self.speed, self.rate = QComboBox(), QComboBox()
        self._form = QFormLayout(self)
        flag = Qt.AlignmentFlag
        self._form.setLabelAlignment(flag.AlignLeft | flag.AlignVCenter)
        if len(views) > 1:
            self._form.addRow("View", self.view)
        self._form.addRow("Size", self.size_box)
        self._form.addRow("Scale", self.scale)
        if is_film:
            self._add_film(selected or (-1, length - 1))
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.buttons.button(buttons.Ok).setText("Export")
        for button in self.buttons.buttons():
            button.setIcon(QIcon())  # the style has its own, in colours of no theme
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._form.addRow(self.buttons)

    def _add_film(self, part: tuple[int, int]) -> None:
        for box, position in ((self.first, part[0]), (self.last, part[1])):
            box.setRange(0, self._length)
            box.setGroupSeparatorShown(True)
            box.setValue(position + 1)
        self.first.setSpecialValueText("start")
        self.first.valueChanged.connect(self.last.setMinimum)
        self.last.setMinimum(self.first.value())
        for speed in SPEEDS:
            text = "as fast as 300 frames ask for" if speed is None else f"{speed:g} ×"
            self.speed.addItem(text, speed)
        for rate in RATES:
            self.rate.addItem(f"{rate} frames a second", rate)
        self.rate.setCurrentIndex(self.rate.findData(USUAL_RATE))
        self._form.addRow("From event", self.first)
        self._form.addRow("To event", self.last)
        self._form.addRow("Speed", self.speed)
        self._form.addRow("Rate", self.rate)
        note = QLabel("A film begins and ends where you say, and shows each moment at rest.")
        note.setWordWrap(True)
        self._form.addRow(note)

    @property
    def chosen_view(self) -> str:
        """The view that is drawn."""
        return str(self.view.currentData())

    def wanted(self) -> dict[str, Any]:
        """Return what was chosen, as fields of ``gui.render.job.Job``."""
        made: dict[str, Any] = {
            "size": tuple(self.size_box.currentData()),
            "scale": float(self.scale.currentData()),
        }
        if self.is_film:
            made["span"] = self.first.value() - 1, self.last.value() - 1
            made["speed"] = self.speed.currentData()
            made["fps"] = int(self.rate.currentData())
        return made


class ExportProgress(ProgressCard):
    """A card that floats at the foot of another widget while a film is made.

    Args:
        exporter: What makes it, and stops.
        themes: The theme in force.
        over: What to float over.
        patience_ms: How long it must take before it shows.
    """

    def __init__(
        self,
        exporter: FilmExporter,
        themes: ThemeManager,
        over: QWidget,
        patience_ms: int = PATIENCE_MS,
    ) -> None:
        self._line, self._name, self._done, self._number = ElidedLabel(), "", 0, 0
        super().__init__(themes, self._line, patience_ms, over)
        self.cancel_button.setToolTip("Stop; what was in the file stays")
        self.cancel_button.clicked.connect(exporter.cancel)
        exporter.started.connect(self._start)
        exporter.progressed.connect(self._progress)
        exporter.ended.connect(self.end)
        self.setAccessibleName("Export")

    @property
    def share(self) -> float:
        """How much of it is drawn, 0 to 1."""
        return self._done / self._number if self._number else 0.0

    def wanted_width(self) -> int:
        """Return room for a file's name and how far it is."""
        return self._themes.metrics.chrome(_WIDE_PX)

    def words(self) -> str:
        """Return how far it is."""
        if not self._number:
            return f"Drawing {self._name}…"
        if self._done >= self._number:
            return f"{self._name}   ·   writing…"
        return f"{self._name}   ·   {self._done:,} of {self._number:,} frames"

    def _start(self, path: Path) -> None:
        self._name, self._done, self._number = path.name, 0, 0
        self._patience.start()
        self._say()

    def _progress(self, done: int, number: int) -> None:
        self._done, self._number = done, number
        self._say()

    def _say(self) -> None:
        self._line.set_text(self.words())
        self.setAccessibleDescription(self.words())
        self.update()
