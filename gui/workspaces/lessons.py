"""The Lessons workspace: which lessons there are, their steps, and what a step says.

At the left the lessons with their steps, at the right the text of the step that is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.icons import icon
from gui.widgets.arrange import keep_splitters, scrolled, splitter
from gui.widgets.flow import FlowLayout, Nothing
from gui.widgets.lesson.outline import LessonOutline
from gui.widgets.lesson.text import MarkdownLabel

if TYPE_CHECKING:
    from core.lesson.loader import LessonText
    from core.lesson.schema import Step
    from gui.lesson_bindings import LessonParts

MORE = ("present.start", "lesson.edit", "lesson.new", "lesson.open", "lesson.handout")
"""Commands that stand beside "Start" as far as somebody carries them out."""
_SHORT = {"present.start": "Present"}
"""What buttons say that need not say what is presented."""
_LEFT_PX, _LEFT_SHARE, _MOST_LEFT = 330, 0.24, 0.4
_TEXT_PX = 760
"""A line that is longer is hard to read."""
_WORKSPACES = {
    "live": "Live", "timeline": "Timeline", "compare": "Compare", "layout": "Layout",
    "recordings": "Recordings", "explore": "Explore",
}  # fmt: skip


class LessonsWorkspace(QWidget):
    """The lessons.

    Args:
        parts: What lessons are made of in the window.
    """

    def __init__(self, parts: LessonParts) -> None:
        super().__init__()
        self._parts, self._themes = parts, parts.window.themes
        self.setObjectName("lessonPage")
        self.index = 0
        self.outline = LessonOutline(parts.window.settings, self._themes)
        self._build_right()
        self._arrange()
        self.outline.chosen.connect(self._look_at)
        self.outline.start_wanted.connect(self._start)
        parts.chosen_changed.connect(self._show_lesson)
        parts.session.step_changed.connect(self._follow)
        parts.session.lesson_changed.connect(self._show_running)
        self._themes.changed.connect(self.dress)
        self.dress()
        if parts.chosen is not None:
            self._show_lesson()
        else:
            self.outline.choose_first()

    @property
    def main_view(self) -> QWidget:
        """What has the keyboard where nobody else does."""
        return self.outline

    # -- building -------------------------------------------------------------------------

    def _build_right(self) -> None:
        themes, registry = self._themes, self._parts.window.registry
        self.title, self.about = QLabel(wordWrap=True), MarkdownLabel(themes, "title")
        self.step_title, self.text = QLabel(wordWrap=True), MarkdownLabel(themes, "title")
        self.asked, self.shown_in = MarkdownLabel(themes, "body"), QLabel(wordWrap=True)
        self.problem = QLabel(wordWrap=True)
        self.problem.setObjectName("problem")
        for label in (self.title, self.step_title, self.problem, self.shown_in):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.start = QPushButton("Start")
        self.start.setDefault(True)
        self.start.setAutoDefault(False)
        self.start.clicked.connect(lambda: registry.run("lesson.start"))
        self._buttons = QWidget()
        flow = FlowLayout(self._buttons)
        flow.addWidget(self.start)
        self.more: dict[str, QPushButton] = {}
        known = {command.id for group in registry.groups().values() for command in group}
        for name in MORE:
            if name in known:
                flow.addWidget(self._button(name))
        flow.addWidget(Nothing())

    def _button(self, command: str) -> QPushButton:
        registry = self._parts.window.registry
        action = registry.action(command)
        button = self.more[command] = QPushButton(_SHORT.get(command, action.text()))
        button.setAccessibleName(action.text())
        button.setAutoDefault(False)
        button.setToolTip(action.toolTip())
        button.setEnabled(action.isEnabled())
        action.enabledChanged.connect(button.setEnabled)
        button.clicked.connect(lambda: registry.run(command))
        return button

    def _arrange(self) -> None:
        column_of = QWidget()
        self._column = QVBoxLayout(column_of)
        for widget in (self.title, self.about, self._buttons, self.problem, self.step_title,
                       self.shown_in, self.text, self.asked):  # fmt: skip
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self._page = column_of
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.addWidget(column_of, 1)
        row.addStretch(0)
        row.setContentsMargins(0, 0, 0, 0)
        self.area = scrolled(inside, "What the step says")
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._columns = splitter(Qt.Orientation.Horizontal, self.outline, self.area)
        self._columns.setStretchFactor(1, 1)
        whole = QVBoxLayout(self)
        whole.addWidget(self._columns)
        whole.setContentsMargins(0, 0, 0, 0)
        splitters = {"columns": self._columns}
        self._dragged = keep_splitters(splitters, self._parts.window.settings, "lessons")

    # -- what is looked at ----------------------------------------------------------------

    def _look_at(self, where: str, index: int) -> None:
        self.index = index
        chosen = self._parts.chosen
        if where in self.outline.problems:
            self._show_problem(self.outline.problems[where])
        elif chosen is not None and chosen.where == where:
            self._show_step(chosen.lesson.steps[index])
        else:
            self._parts.choose(where)

    def _start(self, where: str, index: int) -> None:
        chosen = self._parts.chosen
        if (chosen is not None and chosen.where == where) or self._parts.choose(where):
            self._parts.start(index)

    def _show_lesson(self) -> None:
        chosen = self._parts.chosen
        if chosen is None:
            return
        self.index = min(self.index, len(chosen.lesson.steps) - 1)
        lesson = chosen.lesson
        self.title.setText(lesson.title)
        steps = len(lesson.steps)
        self.about.show_markdown(
            f"{lesson.about}\n\n{steps} step{'s' if steps != 1 else ''}, "
            f"about {lesson.minutes} minutes"
        )
        if not self._is_listed(chosen):
            self.outline.reload()
        self.outline.show_lesson(chosen, self.index)
        self._show_step(lesson.steps[self.index])
        self._show_running()

    def _is_listed(self, chosen: LessonText) -> bool:
        from core.lesson.loader import bundled

        known = [*bundled(), *(str(path) for path in self._parts.window.settings.recent_lessons)]
        return chosen.where in known

    def _show_step(self, step: Step) -> None:
        self.problem.hide()
        for widget in (self.step_title, self.shown_in, self.text):
            widget.show()
        self.step_title.setText(f"{self.index + 1}. {step.title}")
        self.shown_in.setText(f"Shown in {_WORKSPACES[step.workspace]}")
        self.text.show_markdown(step.text)
        asks = "\n".join(f"- {question.ask}" for question in step.questions)
        self.asked.show_markdown(f"**Asked**\n\n{asks}" if asks else "")

    def _show_problem(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.show()
        for widget in (self.step_title, self.shown_in, self.text, self.asked):
            widget.hide()

    def _follow(self, index: int) -> None:
        """Look at the step that is shown, where it is of the lesson that is looked at."""
        session, chosen = self._parts.session, self._parts.chosen
        if chosen is not None and session.opened is chosen and 0 <= index < len(session.steps):
            self.index = index
            self.outline.show_lesson(chosen, index)
            self._show_step(chosen.lesson.steps[index])

    def _show_running(self) -> None:
        session = self._parts.session
        running = session.running and session.opened is self._parts.chosen
        self.start.setText("Start again" if running else "Start")

    # -- room -----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new room."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        metrics, whole = self._themes.metrics, self.width()
        if "columns" not in self._dragged:
            wanted = max(metrics.px(_LEFT_PX), round(whole * _LEFT_SHARE))
            left = min(wanted, round(whole * _MOST_LEFT))
            self._columns.setSizes([left, whole - left])
        self._page.setMaximumWidth(metrics.px(_TEXT_PX))
        bar = self.area.verticalScrollBar().sizeHint().width()
        self.area.setMinimumWidth(self._page.minimumSizeHint().width() + bar)

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        theme, metrics = self._themes.theme, self._themes.metrics
        size = metrics.ui("heading").pixelSize()
        for label in (self.title, self.step_title):
            label.setStyleSheet(f"font-size: {size}px; font-weight: 600; color: {theme.text}")
        self.shown_in.setStyleSheet(f"color: {theme.muted}")
        if "present.start" in self.more:
            drawn = icon("full-screen", theme, metrics.chrome(16), ratio=self.devicePixelRatioF())
            self.more["present.start"].setIcon(drawn)
        edge = metrics.chrome(20)
        self._column.setContentsMargins(edge, edge, edge, edge)
        self._column.setSpacing(metrics.px(10))
        self._share()
