"""Lessons in a window: the workspace, the strip below every workspace, the commands, the tour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import OwnerscopeError
from gui.lesson_editor.bindings import add_lesson_editing

if TYPE_CHECKING:
    from core.lesson.loader import LessonText
    from gui.compare_session import CompareSession
    from gui.lesson_hall import Hall
    from gui.lesson_keys import LessonKeys
    from gui.lesson_session import LessonSession
    from gui.widgets.lesson.strip import LessonStrip
    from gui.window import MainWindow
    from gui.workspaces.lessons import LessonsWorkspace

CONTEXT = "lessons"
TOUR = 0
"""Which of the bundled lessons the tour is."""
_RUNNING = ("lesson.next", "lesson.previous", "lesson.first", "lesson.last", "lesson.reveal",
            "lesson.fold", "lesson.close")  # fmt: skip


class LessonParts(QObject):
    """What lessons are made of in a window; nothing is built before it is first wanted.

    Args:
        window: The window.
        controller: Its session and its clock.
        comparison: The Compare workspace's session.

    Attributes:
        page: The workspace, None before it is first shown.
        strip: The strip, None before the first lesson.
        chosen: The lesson that is looked at in the workspace.

    Signals:
        session_made: The session is there; before, nobody had asked for it.
        chosen_changed: Another lesson is looked at in the workspace.
    """

    session_made = Signal()
    chosen_changed = Signal()

    def __init__(self, window: MainWindow, controller: Hall, comparison: CompareSession) -> None:
        super().__init__(window)
        self.window, self.controller, self._comparison = window, controller, comparison
        self._session: LessonSession | None = None
        self.page: LessonsWorkspace | None = None
        self.strip: LessonStrip | None = None
        self.chosen: LessonText | None = None
        self._keys: LessonKeys | None = None

    @property
    def session(self) -> LessonSession:
        """The lesson under way."""
        if self._session is None:
            from gui.lesson_panels import LessonPanels
            from gui.lesson_session import LessonSession

            made = self._session = LessonSession(self.controller, self._comparison, self)
            made.lesson_changed.connect(self._lesson_changed)
            for changed in (made.step_changed, made.question_changed, made.away_changed):
                changed.connect(self._enable)
            made.stage.shown.connect(self._enable)
            self.panels = LessonPanels(made, self.window)
            self.session_made.emit()
        return self._session

    # -- choosing -------------------------------------------------------------------------

    def choose(self, name_or_path: str) -> bool:
        """Look at a lesson in the workspace; what was looked at stays if it cannot be read."""
        from core.lesson.loader import open_lesson

        try:
            self.show_lesson(open_lesson(name_or_path))
        except OwnerscopeError as error:
            self.window.messages.error(error)
            return False
        return True

    def show_lesson(self, lesson: LessonText) -> None:
        """Look at a lesson in the workspace."""
        self.chosen = lesson
        self.chosen_changed.emit()

    def open_file(self, path: Path) -> bool:
        """Look at a lesson of the user's own, in the workspace."""
        if not self.choose(str(path)):
            return False
        self.remember(path)
        self.window.show_workspace(CONTEXT)
        return True

    def remember(self, path: Path) -> None:
        """List the lesson that is looked at, a file of the user's own, as it is now."""
        self.window.settings.add_recent_lesson(path)
        if self.page is not None and self.chosen is not None:
            self.page.outline.reload()
            self.page.outline.show_lesson(self.chosen, self.page.index)

    def start(self, index: int = 0) -> None:
        """Begin the lesson that is looked at."""
        if self.chosen is not None:
            self.session.open(self.chosen, index)

    def start_tour(self) -> None:
        """Begin the first bundled lesson."""
        from core.lesson.loader import bundled

        names = bundled()
        if names and self.choose(names[TOUR]):
            self.start()

    def fold(self) -> None:
        """Show the step's title only, or its text as well."""
        if self.strip is not None:
            self.strip.toggle()

    # -- in the window --------------------------------------------------------------------

    def make_page(self) -> LessonsWorkspace:
        """Build the workspace."""
        from gui.workspaces.lessons import LessonsWorkspace

        self.page = LessonsWorkspace(self)
        return self.page

    def _lesson_changed(self) -> None:
        """Have the strip below the workspaces, as long as a lesson runs."""
        if self.strip is None and self.session.running:
            from gui.widgets.lesson.strip import LessonStrip

            window = self.window
            self.strip = LessonStrip(
                self.session, window.registry, window.themes, lambda: window.foot_room
            )
            window.add_foot(self.strip)
            self.strip.rebuilt.connect(window.order_foot)
        if self.strip is not None:
            self.strip.setVisible(self.session.running)
        self._make_room()
        self._turn_keys()
        self._enable()

    def _turn_keys(self) -> None:
        if self._keys is None:
            from gui.lesson_keys import LessonKeys

            self._keys = LessonKeys(self.window.registry, self)
        self._keys.turn(on=self.session.running)

    def _make_room(self) -> None:
        """Put Live's scenarios away while a lesson runs: the lesson chooses."""
        from gui.workspaces.live import LiveWorkspace

        live = self.window.findChild(LiveWorkspace)
        if live is not None:
            live.set_lesson(on=self.session.running)

    def _enable(self, *_: object) -> None:
        registry, session = self.window.registry, self.session
        for command in _RUNNING:
            registry.set_enabled(command, session.running)
        registry.set_enabled("lesson.next", session.index + 1 < len(session.steps))
        registry.set_enabled("lesson.previous", session.index > 0)
        registry.set_enabled("lesson.back_to_step", session.away)
        registry.set_enabled(
            "lesson.reveal", any(not asked.revealed for asked in session.questions)
        )


def add_lessons(window: MainWindow, controller: Hall, comparison: CompareSession) -> LessonParts:
    """Offer lessons in a window.

    Args:
        window: The window.
        controller: Its session and its clock.
        comparison: The Compare workspace's session.
    """
    parts = LessonParts(window, controller, comparison)
    _bind(window, parts)
    add_lesson_editing(parts, comparison)
    controller.lesson_wanted.connect(parts.open_file)
    window.add_workspace(CONTEXT, "Lessons", "lesson", parts.make_page)
    return parts


def _bind(window: MainWindow, parts: LessonParts) -> None:
    connect = window.registry.connect
    connect("lesson.next", lambda: parts.session.next())  # noqa: PLW0108 built when first wanted
    connect("lesson.previous", lambda: parts.session.previous())  # noqa: PLW0108
    connect("lesson.first", lambda: parts.session.first())  # noqa: PLW0108
    connect("lesson.last", lambda: parts.session.last())  # noqa: PLW0108
    connect("lesson.back_to_step", lambda: parts.session.back_to_step())  # noqa: PLW0108
    connect("lesson.reveal", lambda: reveal(parts.session))
    connect("lesson.fold", parts.fold)
    connect("lesson.close", lambda: parts.session.close())  # noqa: PLW0108
    connect("lesson.start", parts.start)
    connect("help.tour", parts.start_tour)
    for command in (*_RUNNING, "lesson.back_to_step", "lesson.start"):
        window.registry.set_enabled(command, False)
    parts.chosen_changed.connect(lambda: window.registry.set_enabled("lesson.start", True))


def reveal(session: LessonSession) -> None:
    """Bring the answer of the first question in sight whose answer is not."""
    hidden = (at for at, asked in enumerate(session.questions) if not asked.revealed)
    number = next(hidden, None)
    if number is not None:
        session.reveal(number)


def offer_tour(window: MainWindow, parts: LessonParts) -> None:
    """Offer the tour to who opens the program for the first time; once, and never again."""
    settings = window.settings
    if settings.tour_offered:
        return
    settings.tour_offered = True
    window.messages.info(
        "New here? The tour tells the story of one bit that stops a recursion, step by step. "
        "It stays in Help.",
        ("Start the tour", parts.start_tour),
        ("Not now", lambda: None),
    )
