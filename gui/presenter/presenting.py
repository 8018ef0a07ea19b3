"""A lesson before an audience: two windows, or one, and what the keys do in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from gui.presenter.annotations import Annotations
from gui.presenter.audience import AudienceWindow
from gui.presenter.awake import ROUTES, KeepAwake, Route
from gui.presenter.overview import Overview
from gui.presenter.screens import Screens, all_screens
from gui.presenter.seating import Seating
from gui.presenter.speaker import SpeakerWindow
from gui.presenter.thumbnails import Thumbnails
from gui.presenter.timer import TalkTimer
from gui.widgets.guard_bar import GuardBar

if TYPE_CHECKING:
    from gui.lesson_session import LessonSession
    from gui.presenter.stage import StageParts
    from gui.presenter.timer import Clock
    from gui.window import MainWindow

MIRROR_MS = 200
"""How often the speaker's mirror follows what moves."""
AHEAD_MS = 250
"""How long a step has been shown before the views of the next one are made."""
MISSED_MS = 4000
"""How long it is said that there is no step of the number that was typed."""
_MIRROR_PX = 960
_MOST_DIGITS = 3


class Presenting(QObject):
    """Presents the lesson that is under way.

    Args:
        window: The main window.
        lessons: The lesson under way.
        parts: What the views show.
        screens: The screens there are.
        awake: Ways to keep the screen awake.
        clock: Seconds, for the timer.
        now: The time of day.

    Signals:
        started_changed: Whether a lesson is presented.
    """

    started_changed = Signal(bool)
    step_shown = Signal(int)

    def __init__(
        self,
        window: MainWindow,
        lessons: LessonSession,
        parts: StageParts,
        screens: Screens = all_screens,
        awake: Sequence[Route] = ROUTES,
        clock: Clock = monotonic,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__(window)
        self.window, self.lessons = window, lessons
        self.notes = Annotations(self)
        self.audience = AudienceWindow(parts, window.themes, self.notes)
        self.thumbnails = Thumbnails(lessons, self.audience.themes, self)
        self.timer = TalkTimer(clock)
        self.speaker = SpeakerWindow(
            window.themes, self.notes, self.thumbnails, self.timer, now,
            lambda themes: GuardBar(parts.session, themes),
        )  # fmt: skip
        self.overview = Overview(self.audience, self.audience.themes, self.thumbnails)
        self.running = False
        self.typed = ""
        self.question = 0
        """Which of the step's questions is before the audience."""
        self._waiting = self._taking = False
        self._missed = ""
        self.seating = Seating(window, self.audience, self.speaker, screens, self)
        self._awake = KeepAwake(awake)
        self._mirror = QTimer(self, singleShot=True, interval=MIRROR_MS)
        self._mirror.timeout.connect(self._show_mirror)
        self._ahead = QTimer(self, singleShot=True, interval=AHEAD_MS)
        self._ahead.timeout.connect(self._prepare)
        self._forget = QTimer(self, singleShot=True, interval=MISSED_MS)
        self._forget.timeout.connect(lambda: self._miss(""))
        self._connect(parts)

    def _connect(self, parts: StageParts) -> None:
        lessons, audience, speaker = self.lessons, self.audience, self.speaker
        lessons.step_changed.connect(lambda _index: self._show_step())
        lessons.stage.shown.connect(self._finish_step)
        lessons.failed.connect(lambda _index, _why: self._finish_step())
        lessons.question_changed.connect(lambda _number: self._show_questions())
        lessons.away_changed.connect(self._show_state)
        lessons.lesson_changed.connect(self._lesson_changed)
        for window in (audience, speaker):
            window.escaped.connect(self.escape)
            window.closed.connect(self.stop)
        speaker.step_wanted.connect(self.go_to)
        self.overview.chosen.connect(self.go_to)
        audience.drawn.connect(self._mirror_later)
        session, comparison = parts.session, parts.comparison
        for moved in (session.position_changed, session.trace_changed, comparison.moment_changed):
            moved.connect(self._mirror_later)
        self.window.installEventFilter(self)
        self.seating.changed.connect(self._mirror_later)

    # -- beginning and end ------------------------------------------------------------------------

    def start(self) -> None:
        """Present the lesson from the step that is shown."""
        if self.running or not self.lessons.running:
            return
        # Who has tried the lesson before has answered what is to be asked now.
        self.lessons.ask_again()
        self.running = self._taking = True
        self.window.messages.hold()
        self._awake.hold()
        self.timer.reset()
        self.timer.start()
        self.thumbnails.start()
        lesson = self.lessons.opened
        assert lesson is not None
        self.speaker.show_lesson(self.lessons.steps, lesson.lesson.minutes)
        self.started_changed.emit(True)
        self._show_step()
        self.seating.begin()

    def stop(self) -> None:
        """Go back to the main window; the lesson goes on there, at the same step."""
        if self.running:
            self._end()
            self.window.show()
            self.window.activateWindow()
            self.window.focus_home()

    def _end(self) -> None:
        self.running = self._taking = False
        self._forget.stop()
        self._awake.let_go()
        self.timer.pause()
        self.thumbnails.stop()
        self._mirror.stop()
        self._ahead.stop()
        self.seating.end()
        self.notes.put_away()
        self.notes.point_at(None)
        self.overview.close_card()
        self.audience.leave()
        self.window.messages.release()
        self.started_changed.emit(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """End with the main window: nothing is to stay on the projector."""
        if event.type() == QEvent.Type.WindowDeactivate and watched is self.window:
            self._taking = False
        if event.type() == QEvent.Type.Close and watched is self.window and self.running:
            self._end()
        return super().eventFilter(watched, event)

    def _lesson_changed(self) -> None:
        self.notes.forget()
        if not self.lessons.running:
            self.stop()
        elif self.running:
            assert self.lessons.opened is not None
            self.speaker.show_lesson(self.lessons.steps, self.lessons.opened.lesson.minutes)
            self.thumbnails.start()

    # -- leaving ----------------------------------------------------------------------------------

    def escape(self) -> None:
        """Leave one thing after the other: what is typed, a tool, full screen, presenting."""
        if self.typed:
            self._type("")
        elif self.audience.blank.colour:
            self.blank("")
        elif self.notes.put_away():
            pass
        elif self.seating.one_screen and self.speaker.isVisible():
            self.seating.toggle_speaker()
        elif self.seating.full_screen:
            self.seating.set_full_screen(full=False)
        else:
            self.stop()

    # -- steps ------------------------------------------------------------------------------------

    def next(self) -> None:
        """Say the answer that is due, ask what else is asked, or show the next step."""
        self.blank("")
        questions = self.lessons.questions
        if self.question < len(questions):
            asked = questions[self.question]
            if asked.answers is not None and not asked.revealed:
                self.lessons.reveal(self.question)
                return
            if self.question + 1 < len(questions):
                self.question += 1
                self._show_questions()
                return
        self.lessons.next()

    def reveal(self) -> None:
        """Say the answer to the question before the audience."""
        if self.question < len(self.lessons.questions):
            self.lessons.reveal(self.question)

    def previous(self) -> None:
        """Show the step before."""
        self.blank("")
        self.lessons.previous()

    def go_to(self, index: int) -> None:
        """Show a step."""
        self.blank("")
        self.lessons.show_step(index)

    def back_to_step(self) -> None:
        """Show the step as it was, whatever was changed since."""
        if self.typed:
            self._type(self.typed[:-1])
        else:
            self.lessons.back_to_step()

    def type_digit(self, digit: int) -> None:
        """Take a digit of a step's number."""
        if len(self.typed) < _MOST_DIGITS:
            self._type(f"{self.typed}{digit}")

    def go(self) -> None:
        """Go to the step whose number was typed; without one it is the next."""
        typed = self.typed
        self._type("")
        if not typed:
            self.next()
        elif 1 <= int(typed) <= len(self.lessons.steps):
            self.go_to(int(typed) - 1)
        else:
            self._miss(typed)
            self._forget.start()

    def _type(self, digits: str) -> None:
        self.typed, self._missed = digits, ""
        self.audience.show_typed(digits)
        self._show_state()

    def _miss(self, digits: str) -> None:
        """Tell the speaker that there is no such step; the audience only where both look there."""
        self._missed = digits
        self.audience.show_missed("" if self.speaker.isVisible() else digits)
        self._show_state()

    def open_overview(self) -> None:
        """Show all steps at a glance, or go back."""
        if self.overview.isVisible():
            self.overview.close_card()
        else:
            self.audience.activateWindow()
            self.overview.show_steps(self.lessons.steps, self.lessons.index)

    def blank(self, colour: str) -> None:
        """Make the audience's screen "black" or "white", or show the step again."""
        same = colour == self.audience.blank.colour
        self.audience.blank.show_colour("" if same else colour)
        self._show_state()
        self._mirror_later()

    # -- showing ----------------------------------------------------------------------------------

    def _show_step(self) -> None:
        step, lessons = self.lessons.step, self.lessons
        if not self.running or step is None or lessons.opened is None:
            return
        self.question = 0
        self.typed = self._missed = ""
        self.notes.show_step(lessons.index)
        title = lessons.opened.lesson.title
        # Until its recording is read, what is seen would still be another step's.
        file = lessons.stage.reading.waiting
        why = f"Reading {file.name}…" if file is not None else lessons.unseen
        self.audience.show_step(step, len(lessons.steps), title, why)
        self.speaker.show_step(lessons.steps, lessons.index)
        self._show_questions()
        self._show_state()
        self._waiting = lessons.stage.pending
        # Anew: a picture that was still to be taken of the step before is not to hold this one up.
        self._mirror.start()
        self._ahead.start()
        self.thumbnails.wait()
        self.step_shown.emit(lessons.index)

    def _finish_step(self) -> None:
        """Show a step again that took its time: only now its run is at hand."""
        if self._waiting:
            self._show_step()

    def _prepare(self) -> None:
        steps, at = self.lessons.steps, self.lessons.index + 1
        if at < len(steps) and not steps[at].problem:
            self.audience.stage.prepare(steps[at].workspace, steps[at].step.highlights)

    def _show_questions(self) -> None:
        if not self.running:
            return
        questions, pane = self.lessons.questions, self.audience.pane
        asked = questions[self.question] if self.question < len(questions) else None
        if asked is not None and asked.answers is not None:
            pane.question.show_question(asked.question, asked.answers, revealed=asked.revealed)
        else:
            pane.question.show_question(None, None, revealed=False)
        self.audience.arrange()
        self.speaker.show_questions(questions, self.lessons.problem)
        self._mirror_later()

    def _show_state(self) -> None:
        words = []
        if self.typed:
            words.append(f"Step {self.typed}: Enter goes there")
        if self._missed:
            words.append(f"No step {self._missed}: the last is {len(self.lessons.steps)}")
        if self.audience.blank.colour:
            words.append(f"The screen is {self.audience.blank.colour}")
        if self.lessons.away:
            words.append("Away from the step: Backspace goes back")
        self.speaker.say("  ·  ".join(words))

    def _mirror_later(self) -> None:
        if self.running and not self._mirror.isActive():
            self._mirror.start()

    def _show_mirror(self) -> None:
        """Take a picture of what the audience sees: for the mirror, and for the list of steps."""
        if not self.running:
            return
        picture = self.audience.picture(_MIRROR_PX)
        if self.lessons.index >= 0 and not self.lessons.away:
            self.thumbnails.put(self.lessons.index, picture)
        if self.speaker.isVisible():
            self.speaker.mirror.show_picture(picture, self.audience.blank.colour)

    # -- the keyboard -----------------------------------------------------------------------------

    def active(self) -> bool:
        """Return whether the keyboard is with the presentation and not with the main window.

        It is from the beginning: what is typed while the windows come still goes to the main one.
        """
        window = QApplication.activeWindow()
        return self.running and (self._taking or window is not self.window)
