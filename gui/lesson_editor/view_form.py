"""What a step shows: where, from when, and what it points at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.lesson.schema import Play
from gui.lesson_editor.fields import ChoiceField, Choices, captioned, small
from gui.lesson_editor.places import known_highlights, known_positions
from gui.lesson_editor.step_model import run_words

if TYPE_CHECKING:
    from gui.lesson_editor.checker import Checker
    from gui.lesson_editor.document import EditedLesson
    from gui.theme import ThemeManager

_ESSENTIAL = ((None, "As in the step before"), (True, "The chain of the mail only"),
              (False, "Every frame"))  # fmt: skip
_VIEWS = (
    ("", "The flame graph"), ("time", "The flame graph, in order of time"),
    ("sandwich", "Callers and callees"),
)  # fmt: skip
_FASTEST = 64.0


class ViewForm(QWidget):
    """Edits what the step in hand shows.

    Args:
        edited: The lesson.
        checker: Knows what the steps show.
        themes: The theme in force.

    Signals:
        retake_wanted: The step is to show what is in view in the program.
    """

    retake_wanted = Signal()

    def __init__(self, edited: EditedLesson, checker: Checker, themes: ThemeManager) -> None:
        super().__init__()
        self._edited, self._checker, self._themes = edited, checker, themes
        self._shown_index = -1
        self.shows = QLabel(wordWrap=True)
        self.shows.setTextFormat(Qt.TextFormat.PlainText)
        self.retake = QPushButton("Take from the current view")
        self.retake.setToolTip("Run, place and workspace as the program shows them now; words stay")
        self.retake.setAutoDefault(False)
        self.retake.clicked.connect(self.retake_wanted)
        self._build_fields()
        self._arrange()
        edited.changed.connect(self.show_step)
        edited.current_changed.connect(self.show_step)
        checker.checked.connect(self._offer)
        self.show_step()

    def _build_fields(self) -> None:
        edited = self._edited
        self.position = ChoiceField(
            "Position", "first short-circuit, save_stack call 2, 17 …",
            lambda text: edited.set_step(position=text.strip() or "start"),
        )  # fmt: skip
        self.highlights = ChoiceField(
            "Highlights", "function:save_stack, frame:3, bits …",
            lambda text: edited.set_step(highlights=_listed(text)), several=True,
        )  # fmt: skip
        self.essential = Choices(
            "Frames", _ESSENTIAL, lambda value: edited.set_step(essential=value)
        )
        self.view = Choices("Open", _VIEWS, lambda value: edited.set_step(view=value))
        self.zoom = (
            ChoiceField("Zoom from", "all of the run", lambda _text: self._set_zoom()),
            ChoiceField("Zoom to", "", lambda _text: self._set_zoom()),
        )
        self.play = (
            ChoiceField("Play from", "nothing plays", lambda _text: self._set_play()),
            ChoiceField("Play to", "", lambda _text: self._set_play()),
        )
        self.speed = QDoubleSpinBox(decimals=2, minimum=0.05, maximum=_FASTEST, value=1.0)
        self.speed.setAccessibleName("Speed of what plays")
        self.speed.setSuffix("×")
        small(self.speed, 5)
        self.speed.setSingleStep(0.25)
        self.speed.valueChanged.connect(lambda _value: self._set_play())

    def _arrange(self) -> None:
        themes, column = self._themes, QVBoxLayout(self)
        column.addWidget(captioned("Shows", self.shows, themes))
        column.addWidget(self.retake)
        column.addWidget(captioned("Position", self.position, themes))
        self._view = captioned("Open", self.view, themes)
        column.addWidget(self._view)
        column.addWidget(captioned("Highlights", self.highlights, themes))
        self._frames = captioned("Frames", self.essential, themes)
        column.addWidget(self._frames)
        self._zoom_row = _row(themes, ("Zoom from", self.zoom[0]), ("to", self.zoom[1]))
        column.addWidget(self._zoom_row)
        self._play_row = _row(
            themes, ("Play from", self.play[0]), ("to", self.play[1]), ("Speed", self.speed)
        )
        column.addWidget(self._play_row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)

    def show_step(self, *_: object) -> None:
        """Show the step in hand."""
        step, index = self._edited.step, self._edited.current
        self.setEnabled(step is not None)
        if step is None:
            return
        resolved = self._checker.step(index)
        self.shows.setText(run_words(resolved) if resolved is not None else "")
        # What is being typed stays as it is as long as it means the same.
        fresh, self._shown_index = index != self._shown_index, index
        if fresh or (self.position.text().strip() or "start") != step.position:
            self.position.show_text(step.position)
        if fresh or _listed(self.highlights.text()) != step.highlights:
            self.highlights.show_text(", ".join(step.highlights))
        if fresh or step.zoom != self._zoom_typed():
            _show_pair(self.zoom, step.zoom or ("", ""))
        if fresh or step.play != self._play_typed():
            self._show_play(step.play)
        self.essential.show_value(step.essential)
        self.view.show_value("" if step.view == "flame" else step.view)
        self._view.setVisible(step.workspace == "recordings")
        self._zoom_row.setVisible(step.workspace == "timeline")
        self._play_row.setVisible(step.workspace in ("live", "timeline"))
        self._frames.setVisible(step.workspace not in ("layout", "recordings"))
        self._offer(index)

    def _show_play(self, play: Play | None) -> None:
        _show_pair(self.play, (play.start, play.end) if play is not None else ("", ""))
        with QSignalBlocker(self.speed):
            self.speed.setValue(play.speed if play is not None else 1.0)

    def _zoom_typed(self) -> tuple[str, str] | tuple[()]:
        """Half a zoom is none yet."""
        first, last = (field.text().strip() for field in self.zoom)
        return (first, last) if first and last else ()

    def _play_typed(self) -> Play | None:
        start, end = (field.text().strip() for field in self.play)
        return Play(start=start or "start", end=end, speed=self.speed.value()) if end else None

    def _set_zoom(self) -> None:
        self._edited.set_step(zoom=self._zoom_typed())

    def _set_play(self) -> None:
        self._edited.set_step(play=self._play_typed())

    def _offer(self, index: int) -> None:
        """Offer what the step's run has."""
        if index != self._edited.current:
            return
        step, shown = self._checker.step(index), self._checker.shown(index)
        if step is None or shown is None:
            return
        positions = known_positions(shown)
        for field in (self.position, *self.zoom, *self.play):
            field.offer(positions)
        self.highlights.offer(known_highlights(step, shown))


def _show_pair(fields: tuple[ChoiceField, ...], texts: tuple[str, ...]) -> None:
    for field, text in zip(fields, texts, strict=True):
        field.show_text(text)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _row(themes: ThemeManager, *fields: tuple[str, QWidget]) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for name, field in fields:
        row.addWidget(captioned(name, field, themes), 1)
    return made
