"""The presenting mode in a window: its commands, and when their keys are in force."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.presenter.annotations import Tool
from gui.presenter.keys import BESIDE, BOTH, COMMANDS, DIGITS, SHARED
from gui.presenter.keys_in_force import KeysInForce
from gui.presenter.stage import StageParts

if TYPE_CHECKING:
    from gui.actions import ActionRegistry
    from gui.compare_session import CompareSession
    from gui.controller import Controller
    from gui.cursor import Cursor
    from gui.explore_bindings import ExploreParts
    from gui.lesson_bindings import LessonParts
    from gui.playback import Playback
    from gui.presenter.presenting import Presenting
    from gui.session import Session
    from gui.window import MainWindow


class PresenterParts(QObject):
    """The presenting mode of a window; nothing is built before it is first wanted.

    Args:
        window: The window.
        controller: Its session and its clock.
        lessons: Its lessons.
        comparison: What is compared.
        exploring: What is explored.
        **options: More of ``Presenting``, for tests.
    """

    def __init__(
        self,
        window: MainWindow,
        controller: Controller,
        lessons: LessonParts,
        comparison: CompareSession,
        exploring: ExploreParts,
        **options: Any,
    ) -> None:
        super().__init__(window)
        self.window, self._controller, self._lessons = window, controller, lessons
        self._comparison, self._exploring, self._options = comparison, exploring, options
        self._made: Presenting | None = None
        self._compare_playback: Playback | None = None
        window.registry.connect("present.start", self.start)
        lessons.chosen_changed.connect(self._enable)
        lessons.session_made.connect(self._follow_lessons)
        self._running = False
        self._enable()

    @property
    def presenting(self) -> Presenting:
        """The presentation, under way or not."""
        if self._made is None:
            from gui.presenter.presenting import Presenting

            controller = self._controller
            parts = StageParts(
                session=controller.session,
                viewport=lambda: controller.viewport,
                layouts=lambda: controller.layouts,
                recordings=lambda: controller.recordings,
                comparison=self._comparison,
                exploring=lambda: self._exploring.session,
            )
            made = Presenting(self.window, self._lessons.session, parts, **self._options)
            self._made = made
            _install(self.window, made, self._cursor, self._playback)
        return self._made

    def start(self) -> None:
        """Present the lesson under way; without one, the lesson that is looked at."""
        if not self._lessons.session.running:
            self._lessons.start()
        self.presenting.start()

    def _follow_lessons(self) -> None:
        session = self._lessons.session

        def follow() -> None:
            self._running = session.running
            self._enable()

        session.lesson_changed.connect(follow)

    def _enable(self) -> None:
        there = self._running or self._lessons.chosen is not None
        self.window.registry.set_enabled("present.start", there)

    def _cursor(self) -> Cursor:
        """Return what the keys of a run move: the comparison where one is shown."""
        comparing = self._shows("compare")
        return self._comparison.cursor if comparing else self._controller.session

    def _playback(self) -> Playback:
        if not self._shows("compare"):
            return self._controller.playback
        if self._compare_playback is None:
            from gui.playback import Playback

            cursor = cast("Session", self._comparison.cursor)
            self._compare_playback = Playback(cursor, parent=self)
        return self._compare_playback

    def _shows(self, workspace: str) -> bool:
        step = self._lessons.session.step
        return step is not None and step.workspace == workspace


def add_presenting(
    window: MainWindow,
    controller: Controller,
    lessons: LessonParts,
    comparison: CompareSession,
    exploring: ExploreParts,
    **options: Any,
) -> PresenterParts:
    """Offer to present lessons in a window."""
    for command in COMMANDS:
        window.registry.add(command)
    return PresenterParts(window, controller, lessons, comparison, exploring, **options)


def _install(
    window: MainWindow,
    presenting: Presenting,
    cursor: Callable[[], Cursor],
    playback: Callable[[], Playback],
) -> None:
    """Let the commands work in the windows of a presentation."""
    from gui.widgets.help_overlay import HelpOverlay

    registry = window.registry
    _bind(registry, presenting)
    _bind_run(registry, cursor, playback)
    ids = [command.id for command in COMMANDS] + list(SHARED)
    for place in (presenting.audience, presenting.speaker):
        place.addActions([registry.action(each) for each in ids])
        help_card = HelpOverlay(place, place.themes, registry, BESIDE)
        place.setProperty("help", help_card)

    def lead_back() -> QWidget:
        """Give the keyboard to the speaker's window, or where it is not seen to the audience's."""
        speaker, audience = presenting.speaker, presenting.audience
        seen = speaker.isVisible()
        place: QWidget = speaker if seen else audience
        place.activateWindow()
        (speaker.notes if seen else audience.pane.title).setFocus()
        return place

    def show_help() -> None:
        # Not before an audience, where there is another place.
        lead_back().property("help").open()

    presenting.overview.closed.connect(lead_back)
    for context in BOTH:
        registry.connect("help.keys", show_help, context)

    KeysInForce(window, presenting)


def _bind(registry: ActionRegistry, presenting: Presenting) -> None:
    notes, speaker = presenting.notes, presenting.speaker
    slots: dict[str, Callable[[], object]] = {
        "next": presenting.next,
        "previous": presenting.previous,
        "next_still": presenting.next,
        "previous_still": presenting.previous,
        "first": lambda: presenting.go_to(0),
        "last": lambda: presenting.go_to(len(presenting.lessons.steps) - 1),
        "go": presenting.go,
        "overview": presenting.open_overview,
        "back_to_step": presenting.back_to_step,
        "black": lambda: presenting.blank("black"),
        "white": lambda: presenting.blank("white"),
        "full_screen": presenting.seating.toggle_full_screen,
        "speaker": presenting.seating.toggle_speaker,
        "pen": lambda: notes.take(Tool.PEN),
        "spotlight": lambda: notes.take(Tool.SPOTLIGHT),
        "magnifier": lambda: notes.take(Tool.MAGNIFIER),
        "larger": lambda: notes.resize(1),
        "smaller": lambda: notes.resize(-1),
        "colour": notes.next_colour,
        "undo": notes.undo,
        "clear": notes.clear,
        "timer": speaker.head.toggle_timer,
        "timer_reset": speaker.head.reset_timer,
        "notes_larger": lambda: speaker.size_notes(1),
        "notes_smaller": lambda: speaker.size_notes(-1),
        "end": presenting.stop,
    }
    for name, slot in slots.items():
        registry.connect(f"present.{name}", slot)
    for digit, each in enumerate(DIGITS):
        registry.connect(each, partial(presenting.type_digit, digit))
    for context in BOTH:
        registry.connect("lesson.next", presenting.next, context)
        registry.connect("lesson.previous", presenting.previous, context)
        registry.connect("lesson.back_to_step", presenting.back_to_step, context)
        registry.connect("lesson.reveal", presenting.reveal, context)


def _bind_run(
    registry: ActionRegistry, cursor: Callable[[], Cursor], playback: Callable[[], Playback]
) -> None:
    def closely(move: Callable[[Any], object]) -> Callable[[], None]:
        def obey() -> None:
            playback().pause()
            move(cursor())

        return obey

    connect = registry.connect
    connect("present.run_toggle", lambda: playback().toggle())
    connect("present.run_forward", closely(methodcaller("step", 1)))
    connect("present.run_back", closely(methodcaller("step", -1)))
    connect("present.marker_next", closely(methodcaller("next_marker")))
    connect("present.marker_previous", closely(methodcaller("previous_marker")))
    for name in ("step_in", "step_over", "step_out"):
        for way in (name, f"{name}_back"):
            connect(f"present.{way}", closely(methodcaller(way)))
    connect("present.slower", lambda: playback().slower())
    connect("present.faster", lambda: playback().faster())
