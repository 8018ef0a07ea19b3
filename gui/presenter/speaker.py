"""The speaker's window: notes, what comes next, the clock, and a mirror to point and draw on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.presenter.hall import HallThemes
from gui.presenter.markdown_view import MarkdownView
from gui.presenter.mirror import Mirror
from gui.presenter.panes import LETTERS
from gui.presenter.speaker_head import SpeakerHead, small_button
from gui.presenter.tools import ToolRow

if TYPE_CHECKING:
    from core.lesson.resolved import ResolvedStep
    from gui.lesson_session import Asked
    from gui.presenter.annotations import Annotations
    from gui.presenter.thumbnails import Thumbnails
    from gui.presenter.timer import TalkTimer
    from gui.theme import ThemeManager

_FACTORS = (0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.4)
_LEFT_SHARE = 58
"""Percent of the width for the mirror and what belongs to it."""
_GUARD_PX = 780
"""Least height of the window at which the guard can be changed in it, at the scale in force."""
_PICTURE_PX, _LIST_PX = 480, 440
"""Least height of the window, at the scale in force, at which the next picture, and the list of
steps, leave enough room for the notes."""
_LARGE_NOTES = QSize(1200, 700)
"""From this size on, at the scale in force, the notes are larger until one sizes them."""
_THUMBNAIL = QSize(144, 81)


class SpeakerWindow(QWidget):
    """The window on the speaker's screen.

    Args:
        themes: The theme of the program.
        notes: What is drawn over.
        thumbnails: Pictures of the steps.
        timer: How long it has been going on.
        now: The time of day.
        guard: Makes the bar in which the guard is changed while one teaches.
    """

    escaped = Signal()
    closed = Signal()
    step_wanted = Signal(int)
    """A step was chosen from the list (its index)."""

    def __init__(
        self,
        themes: ThemeManager,
        notes: Annotations,
        thumbnails: Thumbnails,
        timer: TalkTimer,
        now: Callable[[], datetime] = datetime.now,
        guard: Callable[[HallThemes], QWidget] | None = None,
    ) -> None:
        super().__init__()
        self.themes = HallThemes(themes, self, dark=False)
        self.setWindowTitle("Presenter — ownerscope")
        self.setMinimumSize(960, 600)
        self._thumbnails = thumbnails
        self._guarded = False
        self._notes_size, self._sized = _FACTORS.index(1.0), False
        self.head = SpeakerHead(self.themes, timer, now)
        self.mirror, self.tools = Mirror(notes, self.themes), ToolRow(notes, self.themes)
        self.title, self.answers = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.answers.setTextFormat(Qt.TextFormat.PlainText)
        self.next_title, self.next_picture = QLabel(wordWrap=True), QLabel()
        self.notes = MarkdownView(self.themes, ("title",))
        self.notes.setAccessibleName("Notes")
        self.larger_button = small_button("A+", "Larger notes", lambda: self.size_notes(1))
        self.smaller_button = small_button("A−", "Smaller notes", lambda: self.size_notes(-1))
        self.list = QListWidget()
        self.guard = guard(self.themes) if guard is not None else None
        self._labels = [QLabel("NEXT"), QLabel("NOTES")]
        self._arrange()
        self.list.itemClicked.connect(lambda item: self.step_wanted.emit(self.list.row(item)))
        self.list.itemActivated.connect(lambda item: self.step_wanted.emit(self.list.row(item)))
        thumbnails.changed.connect(self._put_thumbnail)
        self.themes.changed.connect(self._dress)
        self._next: int | None = None
        self._dress()

    def _arrange(self) -> None:
        whole, middle = QVBoxLayout(self), QHBoxLayout()
        left, right, notes_head = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        self._boxes = (whole, middle, left, right, notes_head)
        left.addWidget(self.title)
        left.addWidget(self.mirror, 100)
        left.addWidget(self.tools)
        left.addWidget(self.answers)
        if self.guard is not None:
            left.addWidget(self.guard)
        left.addStretch(1)
        right.addWidget(self._labels[0])
        right.addWidget(self.next_title)
        right.addWidget(self.next_picture)
        notes_head.addWidget(self._labels[1], 1)
        notes_head.addWidget(self.smaller_button)
        notes_head.addWidget(self.larger_button)
        right.addLayout(notes_head)
        right.addWidget(self.notes, 1)
        middle.addLayout(left, _LEFT_SHARE)
        middle.addLayout(right, 100 - _LEFT_SHARE)
        whole.addWidget(self.head)
        whole.addLayout(middle, 1)
        whole.addWidget(self.list)
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setFlow(QListView.Flow.LeftToRight)
        self.list.setWrapping(False)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName("Steps of the lesson")
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    # -- what is shown ----------------------------------------------------------------------------

    def show_lesson(self, steps: tuple[ResolvedStep, ...], minutes: int) -> None:
        """List the steps of a lesson."""
        self.list.clear()
        for at, step in enumerate(steps):
            item = QListWidgetItem(QIcon(self._thumbnails.get(at)), f"{at + 1}  {step.title}")
            item.setToolTip(step.title)
            self.list.addItem(item)
        self.head.plan(minutes)

    def show_step(self, steps: tuple[ResolvedStep, ...], index: int) -> None:
        """Show a step's notes, and the step after it."""
        step = steps[index]
        self.title.setText(step.title)
        self.title.setAccessibleName(step.title)
        self.head.show_step(index + 1, len(steps))
        self.notes.show_markdown(step.step.notes or "*No notes for this step.*")
        self.notes.setAccessibleDescription(self.notes.toPlainText())
        self._next = index + 1 if index + 1 < len(steps) else None
        self.next_title.setText(
            steps[self._next].title if self._next is not None else "The end of the lesson"
        )
        self._show_next()
        self.list.setCurrentRow(index)
        self._guarded = step.workspace in ("live", "timeline")
        self._fit()

    def show_questions(self, questions: tuple[Asked, ...], problem: str = "") -> None:
        """Show the right answers, for the speaker's eyes, and what is wrong with a step."""
        from core.lesson.text import plain

        lines = [problem] if problem else []
        for asked in questions:
            answers, letter = asked.answers, ""
            if answers is not None and answers.right is not None:
                letter = f"{LETTERS[answers.right]}  "
            said = f"{letter}{asked.answer}" if answers is not None else asked.problem
            lines.append(f"{plain(asked.question.ask)}\n→ {said}")
        self.answers.setText("\n".join(lines))
        self.answers.setVisible(bool(lines))
        self.answers.setAccessibleName("Right answers, for your eyes only")
        self.answers.setAccessibleDescription(self.answers.text())

    def say(self, text: str) -> None:
        """Say in the head what is special: a black screen, a step that was left."""
        self.head.state_label.setText(text)

    def _show_next(self) -> None:
        if self._next is None:
            self.next_picture.setPixmap(QPixmap())
            return
        width = max(160, min(self.width() * 22 // 100, 360))
        picture = self._thumbnails.get(self._next)
        smooth = Qt.TransformationMode.SmoothTransformation
        self.next_picture.setPixmap(picture.scaledToWidth(width, smooth))
        self.next_picture.setAccessibleName(f"Next: {self.next_title.text()}")

    def _put_thumbnail(self, index: int) -> None:
        item = self.list.item(index)
        if item is not None:
            item.setIcon(QIcon(self._thumbnails.get(index)))
        if index == self._next:
            self._show_next()

    def size_notes(self, steps: int) -> None:
        """Make the notes larger or smaller."""
        self._sized = True
        self._set_notes_size(self._notes_size + steps)

    def _set_notes_size(self, size: int) -> None:
        size = max(0, min(size, len(_FACTORS) - 1))
        if size == self._notes_size:
            return
        self._notes_size = size
        self.notes.factor = _FACTORS[self._notes_size]
        self.notes.refit()

    # -- look -------------------------------------------------------------------------------------

    def _dress(self) -> None:
        themes = self.themes
        themes.dress(self)
        metrics, theme, px = themes.metrics, themes.theme, themes.metrics.px
        whole, middle, left, right, notes_head = self._boxes
        whole.setContentsMargins(px(16), px(10), px(16), px(10))
        for box, gap in (
            (whole, 10), (middle, 18), (left, 8), (right, 6), (notes_head, 6),
        ):  # fmt: skip
            box.setSpacing(px(gap))
        self.setAutoFillBackground(True)
        self.head.dress()
        self.title.setFont(metrics.ui("heading", bold=True))
        self.next_title.setFont(metrics.ui("title", bold=True))
        self.answers.setFont(metrics.ui("body"))
        self.answers.setStyleSheet(
            f"background: {theme.ok.soft}; color: {theme.text}; padding: {px(6)}px;"
            f" border-left: {px(4)}px solid {theme.ok.colour}"
        )
        for label in self._labels:
            label.setFont(metrics.ui("caption", bold=True))
            label.setStyleSheet(f"color: {theme.muted}; background: transparent")
        self.notes.setStyleSheet(
            f"background: {theme.sunken}; color: {theme.text}; border: none; padding: {px(8)}px"
        )
        self.list.setIconSize(_THUMBNAIL * metrics.frame().scale)
        icon = self.list.iconSize()
        grid = QSize(icon.width() + px(14), icon.height() + px(30))
        self.list.setGridSize(grid)
        self.list.setFixedHeight(grid.height() + px(14))
        self.list.setFont(metrics.ui("caption"))
        self.tools.dress()
        self.notes.refit()
        self._fit()

    def _fit(self) -> None:
        """Make the mirror as high as its picture is, and see whether the guard has room."""
        room = self.width() * _LEFT_SHARE // 100
        self.mirror.setMaximumHeight(max(self.mirror.minimumSizeHint().height(), room * 9 // 16))
        if self.guard is not None:
            roomy = self.height() >= self.themes.metrics.px(_GUARD_PX)
            self.guard.setVisible(roomy and self._guarded)
        px = self.themes.metrics.px
        self.next_picture.setVisible(self.height() >= px(_PICTURE_PX))
        self.list.setVisible(self.height() >= px(_LIST_PX))
        if not self._sized:
            large = self.width() >= px(_LARGE_NOTES.width())
            large = large and self.height() >= px(_LARGE_NOTES.height())
            self._set_notes_size(_FACTORS.index(1.3 if large else 1.0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the mirror and the next picture."""
        super().resizeEvent(event)
        self._fit()
        self._show_next()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell of Esc; the other keys are commands."""
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the window goes."""
        self.closed.emit()
        super().closeEvent(event)
