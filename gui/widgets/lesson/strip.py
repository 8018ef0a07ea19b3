"""The strip below every workspace while a lesson runs: what is said, and what is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFontMetrics,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.widgets.arrange import scrolled
from gui.widgets.in_sight import InSight
from gui.widgets.lesson.head import StripHead
from gui.widgets.lesson.question import QuestionView
from gui.widgets.lesson.text import MarkdownLabel, plain
from gui.widgets.wrapped import WrappedLabel

if TYPE_CHECKING:
    from gui.actions import ActionRegistry
    from gui.lesson_session import Asked, LessonSession
    from gui.theme import ThemeManager

_MOST_SHARE = 0.26
"""Of the window's height, for the text; a longer one scrolls."""
_BESIDE_PX = 760
"""From this width on, at the scale of 1, questions stand beside the text."""
_USUAL_LINES = 6.05
"""A shorter text takes no less room where there is enough: from step to step the picture stays."""
_BORDER_PX = 2
"""What the style sheet has around what scrolls, for the ring of the keyboard, at each side."""
_LEAST_LINES = 3.5
"""So many lines are seen at least; the half one says that there is more."""
_PICTURE_SHARE = 0.7
"""Of what the picture needs at least; where less were left of it, the text is folded away."""
_PICTURE_PX = 200
"""Height of a picture at the scale of 1 for which the text is folded away too."""
_TEXT_PX = 900
"""A longer line is hard to read."""


class LessonStrip(QFrame):
    """What a step says.

    Args:
        session: The lesson.
        registry: The commands of its buttons.
        themes: The theme in force.
        room: Returns the height there is for the workspace and the strip, and what the workspace
            needs of it at least, in pixels.

    Attributes:
        folded: Whether only the title is shown; None as there is room.

    Signals:
        rebuilt: There is something in here that was not there before.
    """

    rebuilt = Signal()

    def __init__(
        self,
        session: LessonSession,
        registry: ActionRegistry,
        themes: ThemeManager,
        room: Callable[[], tuple[int, int]],
    ) -> None:
        super().__init__()
        self._session, self._themes, self._room = session, themes, room
        self.setObjectName("lessonStrip")
        self.setAccessibleName("Lesson")
        self.head = StripHead(session, registry, themes)
        self.text = MarkdownLabel(themes)
        self.problem = WrappedLabel()
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.questions: list[QuestionView] = []
        self._asks: tuple[Asked, ...] = ()
        self.folded: bool | None = None
        self._arrange()
        # Before an audience the window lies behind.
        in_sight = InSight(self)
        in_sight.connect_to(session.step_changed, self._show_step)
        in_sight.connect_to(session.stage.shown, self._show_questions)
        in_sight.connect_to(session.failed, self._show_step)
        in_sight.connect_to(session.question_changed, self._show_answer)
        themes.changed.connect(self.dress)
        self.dress()
        self._show_step()

    def _arrange(self) -> None:
        self._said, self._asked = QWidget(), QWidget()
        said, asked = QVBoxLayout(self._said), QVBoxLayout(self._asked)
        said.addWidget(self.problem)
        said.addWidget(self.text)
        said.addStretch(1)
        self._asked_column = asked
        inside = QWidget()
        self._pair = QHBoxLayout(inside)
        self._pair.addWidget(self._said, 3)
        self._pair.addWidget(self._asked, 2)
        self._pair.addStretch(0)
        self.area = scrolled(inside, "What the step says")
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        inside.setAutoFillBackground(False)
        self.area.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.addWidget(self.head)
        column.addWidget(self.area)
        for box in (said, asked, column, self._pair):
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(0)

    # -- what it shows --------------------------------------------------------------------

    def _show_step(self, *_: object) -> None:
        session, step = self._session, self._session.step
        if step is None:
            return
        self.text.show_markdown(step.step.text)
        self.problem.setText(f"⚠ {session.problem}" if session.problem else "")
        self.problem.setVisible(bool(session.problem))
        self.head.renew()
        self._show_questions()
        self.area.verticalScrollBar().setValue(0)
        said = f"Step {step.number} of {len(session.steps)}: {step.title}. {plain(step.step.text)}"
        self.area.setAccessibleDescription(f"{session.problem} {said}".strip())
        # Before an audience the main window is covered, and what is covered need not be heard.
        front = QApplication.activeWindow() or self
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(front, said))

    def _show_questions(self) -> None:
        """Ask what the step asks; where its run is still under way, that is known later."""
        asked = self._session.questions
        if asked is self._asks and asked:
            return  # they are there already
        self._asks = asked
        for view in self.questions:
            self._asked_column.removeWidget(view)
            view.hide()
            view.deleteLater()
        self.questions = [QuestionView(each, self._themes) for each in asked]
        for number, view in enumerate(self.questions):
            view.answered.connect(partial(self._session.answer, number))
            view.reveal_wanted.connect(partial(self._session.reveal, number))
            self._asked_column.addWidget(view)
            view.show()  # now: a layout would do it after the next paint
        self._asked.setVisible(bool(self.questions))
        if self.questions:
            self.rebuilt.emit()
        self.fit_soon()

    def _show_answer(self, number: int) -> None:
        asked = self._session.questions  # another step's, where this comes late
        if number < min(len(self.questions), len(asked)):
            self.questions[number].show_asked(asked[number])
        self.fit_soon()

    def toggle(self) -> None:
        """Show the title only, or the text as well."""
        self.folded = self.area.isVisibleTo(self)
        self.fit()

    def fit_soon(self) -> None:
        """Take the room anew, in the same go as what is beside it: before all of it is painted."""
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.LayoutRequest))

    # -- room -----------------------------------------------------------------------------

    def fit(self) -> None:
        """Take as much height as the text needs, and no more than its share of the window."""
        width = self.width()
        beside = width >= self._themes.metrics.px(_BESIDE_PX)
        way = QHBoxLayout.Direction
        self._pair.setDirection(way.LeftToRight if beside else way.TopToBottom)
        wanted = self._pair.totalHeightForWidth(self._inside_width()) + 2 * _BORDER_PX
        line = QFontMetrics(self._themes.metrics.ui("title")).lineSpacing()
        least = min(wanted, round(_LEAST_LINES * line))
        picture, wanted_by_picture = self._room()
        most = min(
            round(self.window().height() * _MOST_SHARE),
            picture - wanted_by_picture - self.head.sizeHint().height(),
        )
        usual = max(wanted, round(_USUAL_LINES * line))
        self.area.setFixedHeight(max(1, least, min(usual, most)))
        folded = self.folded if self.folded is not None else self._is_tight(least)
        self.area.setVisible(not folded)
        # What nobody sees is not read out either: folded, the strip itself says it.
        self.setAccessibleDescription(self.area.accessibleDescription() if folded else "")
        self.head.show_folded(folded)

    def _is_tight(self, least_px: int) -> bool:
        """Whether a few lines of text would leave too little of the picture."""
        picture, wanted = self._room()
        rest = picture - self.head.sizeHint().height() - least_px
        needed = max(_PICTURE_SHARE * min(picture, wanted), self._themes.metrics.px(_PICTURE_PX))
        return rest < needed

    def _inside_width(self) -> int:
        bar = self.area.verticalScrollBar().sizeHint().width()
        return max(1, self.width() - bar - 2 * _BORDER_PX)

    def minimumSizeHint(self) -> QSize:
        """Return what ``fit`` has found: the workspace takes what is left."""
        return QSize(0, super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Fit when something in here wants more room, or less."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        self.fit_soon()

    def changeEvent(self, event: QEvent) -> None:
        """Break the lines anew in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit_soon()

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        theme, metrics = self._themes.theme, self._themes.metrics
        size = metrics.ui("title").pixelSize()
        self.problem.setStyleSheet(f"color: {theme.warning.ink}; font-size: {size}px")
        side, pad = metrics.chrome(16), metrics.chrome(10)
        self._pair.setContentsMargins(side, 0, side, max(0, pad - 2 * _BORDER_PX))
        self._pair.setSpacing(metrics.chrome(20))
        self._said.setMaximumWidth(metrics.px(_TEXT_PX))
        self._asked_column.setSpacing(metrics.px(12))
        self.fit_soon()
