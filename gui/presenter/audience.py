"""What the audience sees: a step, large, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.presenter.fade import Fade
from gui.presenter.hall import HallThemes, hall_scale
from gui.presenter.layer import AnnotationLayer
from gui.presenter.panes import StepPane
from gui.presenter.stage import WIDE, Stage

if TYPE_CHECKING:
    from core.lesson.resolved import ResolvedStep
    from gui.presenter.annotations import Annotations
    from gui.presenter.stage import StageParts
    from gui.theme import ThemeManager

POINTER_MS = 3000
"""The pointer hides when it has rested for so long."""
_TEXT_SHARE = 36
"""Percent of the width for the text beside a view."""
_TEXT_HEIGHT, _ASKED_HEIGHT = 33, 42
"""Percent of the height that the text above a wide view gets at most, and with a question."""


class Blank(QWidget):
    """A screen of one colour: nothing to look at but the speaker."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.colour = ""
        self.hide()

    def show_colour(self, colour: str) -> None:
        """Fill the screen with "black" or "white"; empty shows the step again."""
        self.colour = colour
        if colour:
            self.setAccessibleName(f"The screen is {colour}")
            self.raise_()
            self.update()
        self.setVisible(bool(colour))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill it by hand: the window's style leaves the ground of such a widget unpainted."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self.colour or "black"))


class NoTips(QObject):
    """Keeps tool tips from an audience: what the pointer rests on is to be seen."""

    def keep_from(self, view: QWidget) -> None:
        """Keep them from a view and all in it; may be asked again when there is more in it."""
        for each in (view, *view.findChildren(QWidget)):
            each.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the wish for a tool tip, and nothing else."""
        return event.type() == QEvent.Type.ToolTip


class AudienceWindow(QWidget):
    """The window on the projector.

    Args:
        parts: What the views show.
        themes: The theme of the program.
        notes: What is drawn over.
    """

    escaped = Signal()
    """Esc was pressed."""
    closed = Signal()
    """The window was closed from outside."""
    drawn = Signal()
    """Something else is to be seen: a mirror of it is out of date."""

    def __init__(self, parts: StageParts, themes: ThemeManager, notes: Annotations) -> None:
        super().__init__()
        self.themes = HallThemes(themes, self)
        self.setWindowTitle("Audience — ownerscope")
        self.setObjectName("audience")
        self.content = QWidget(self)
        self.content.setAutoFillBackground(True)
        self.pane, self.stage = StepPane(self.themes), Stage(parts, self.themes)
        self.lesson_label, self.number_label = QLabel(), QLabel()
        self._body, self._foot = QHBoxLayout(), QHBoxLayout()
        self._whole = QVBoxLayout(self.content)
        self._whole.addLayout(self._body, 1)
        self._whole.addLayout(self._foot)
        self._body.addWidget(self.pane, _TEXT_SHARE)
        self._body.addWidget(self.stage, 100 - _TEXT_SHARE)
        self._foot.addWidget(self.lesson_label, 1)
        self._foot.addWidget(self.number_label)
        self.fade = Fade(self.themes, self)
        self._no_tips = NoTips(self)
        self.layer = AnnotationLayer(notes, self.themes, self._enlarged, self)
        self.blank = Blank(self)
        self._wide = False
        self._number = ""
        self._pointer = QTimer(self, singleShot=True, interval=POINTER_MS)
        self._pointer.timeout.connect(self.hide_pointer)
        self._pointer_hidden = False
        self.stage.changed.connect(self.drawn)
        self.themes.changed.connect(self._dress)
        self._dress()

    # -- what is shown ----------------------------------------------------------------------------

    def show_step(self, step: ResolvedStep, of: int, lesson: str, problem: str = "") -> None:
        """Show a step.

        Args:
            step: The step; the run it shows is at its place already.
            of: How many steps there are.
            lesson: The lesson's title.
            problem: Why there is nothing to see, empty where there is.
        """
        another = self._number and self._number != f"{step.number} / {of}"
        # The views move by themselves; where the text lies elsewhere, one cuts.
        if another and self.isVisible() and self._wide == (step.workspace in WIDE):
            self.fade.begin(self.pane)
        self._number = f"{step.number} / {of}"
        self.number_label.setText(self._number)
        self.number_label.setAccessibleName(f"Step {step.number} of {of}")
        self.lesson_label.setText(lesson)
        self.pane.show_step(step.title, step.step.text)
        if problem:
            self.stage.show_problem(problem)
        else:
            self.stage.show_step(step.workspace, step.step.highlights)
            self._no_tips.keep_from(self.stage)
        self._wide = step.workspace in WIDE
        self.arrange()
        self.pane.title.setFocus(Qt.FocusReason.OtherFocusReason)
        self.drawn.emit()

    def show_typed(self, digits: str) -> None:
        """Show the number of a step as it is typed, or the step's own again."""
        self.number_label.setText(f"→ {digits}" if digits else self._number)

    def show_missed(self, digits: str) -> None:
        """Say beside the step's number that there is none of another, or no more."""
        self.number_label.setText(
            f"no step {digits}  ·  {self._number}" if digits else self._number
        )

    def arrange(self) -> None:
        """Put the text beside the view, or above one that wants the width."""
        way = QBoxLayout.Direction
        wide = self._wide
        self._body.setDirection(way.TopToBottom if wide else way.LeftToRight)
        self.pane.arrange(wide=wide)
        share = _ASKED_HEIGHT if self.pane.question.isVisibleTo(self.pane) else _TEXT_HEIGHT
        most = self.content.height() * share // 100
        margins = self._whole.contentsMargins()
        inside = self.content.width() - margins.left() - margins.right()
        if wide:
            self.pane.setFixedHeight(max(1, min(self.pane.wanted_height(inside, most), most)))
            self.pane.setMinimumWidth(0)
            self.pane.setMaximumWidth(16777215)
        else:
            self.pane.setMinimumHeight(0)
            self.pane.setMaximumHeight(16777215)
            self.pane.setFixedWidth(max(1, inside * _TEXT_SHARE // 100))
        self._body.activate()

    def _dress(self) -> None:
        themes = self.themes
        themes.dress(self)
        metrics, theme = themes.metrics, themes.theme
        ground = self.content.palette()
        ground.setColor(self.content.backgroundRole(), QColor(theme.surface))
        self.content.setPalette(ground)
        pad = metrics.px(28)
        self._whole.setContentsMargins(pad, metrics.px(22), pad, metrics.px(10))
        self._whole.setSpacing(metrics.px(8))
        self._body.setSpacing(metrics.px(22))
        for label in (self.lesson_label, self.number_label):
            label.setFont(metrics.ui("caption"))
            label.setStyleSheet(f"color: {theme.muted}; background: transparent")
        self.stage.problem.setFont(metrics.ui("heading"))
        self.stage.problem.setStyleSheet(f"color: {theme.muted}; background: transparent")
        self.pane.dress()
        self.arrange()
        self.drawn.emit()

    # -- pictures of it ---------------------------------------------------------------------------

    def picture(self, width: int) -> QPixmap:
        """Return what is shown, without what is drawn over it, so many pixels wide."""
        share = width / max(1, self.content.width())
        made = QPixmap(max(1, width), max(1, round(self.content.height() * share)))
        with QPainter(made) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(made.rect(), self.content.grab())
        return made

    def _enlarged(self, source: QRectF, size: QSize) -> QPixmap:
        """Draw a part of the content again, larger: sharp, unlike an enlarged picture."""
        ratio = self.devicePixelRatioF()
        made = QPixmap(size * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(QColor(self.themes.theme.surface))
        factor = size.width() / max(1.0, source.width())
        with QPainter(made) as painter:
            painter.scale(factor, factor)
            painter.translate(-source.topLeft())
            flags = QWidget.RenderFlag.DrawChildren | QWidget.RenderFlag.DrawWindowBackground
            part = source.toAlignedRect().intersected(self.content.rect())
            self.content.render(painter, part.topLeft(), QRegion(part), flags)
        return made

    # -- the pointer ------------------------------------------------------------------------------

    def hide_pointer(self) -> None:
        """Hide the pointer until it moves."""
        if self.isVisible() and not self._pointer_hidden:
            self._pointer_hidden = True
            QGuiApplication.setOverrideCursor(Qt.CursorShape.BlankCursor)

    def show_pointer(self) -> None:
        """Show the pointer again."""
        self._pointer.stop()
        if self._pointer_hidden:
            self._pointer_hidden = False
            QGuiApplication.restoreOverrideCursor()

    @property
    def pointer_hidden(self) -> bool:
        """Whether the pointer is hidden."""
        return self._pointer_hidden

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the pointer move anywhere in the window."""
        kind = event.type()
        if kind in (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Enter):
            self.show_pointer()
            self._pointer.start()
        elif kind == QEvent.Type.Leave:
            self.show_pointer()
        return super().eventFilter(watched, event)

    # -- events -----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw everything as large as the screen wants."""
        super().resizeEvent(event)
        for sheet in (self.content, self.layer, self.blank):
            sheet.setGeometry(self.rect())
        self.themes.set_factor(hall_scale(self.size()))
        self.arrange()
        self.drawn.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Watch the pointer."""
        super().showEvent(event)
        handle = self.windowHandle()
        if handle is not None:
            handle.removeEventFilter(self)
            handle.installEventFilter(self)
        self._pointer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Give the pointer back where the window is no longer seen."""
        self.show_pointer()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell of Esc; the other keys are commands."""
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def leave(self) -> None:
        """Go out of sight, with nothing over the step any more."""
        self.fade.stop()
        self.blank.show_colour("")
        self.show_pointer()
        self.hide()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the window goes."""
        self.show_pointer()
        self.closed.emit()
        super().closeEvent(event)
