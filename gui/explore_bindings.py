"""The Explore workspace in a window: what its commands do, and what is said."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from gui.timeline_bindings import PAN_SHARE, STEPS, ZOOM_FACTOR
from gui.widgets.ask import ask_where

if TYPE_CHECKING:
    from core.explore.estimate import Estimate
    from gui.explore_playing import ExplorePlayer
    from gui.explore_session import ExploreSession
    from gui.session import Session
    from gui.widgets.message_bar import Message
    from gui.window import MainWindow
    from gui.workspaces.explore import ExploreWorkspace

CONTEXT = "explore"
_NEEDS_RUN = ("explore.live", "explore.timeline", "explore.save")

Page = Callable[[], "ExploreWorkspace | None"]


class ExploreParts:
    """What the workspace is made of; nothing is built before it is first wanted.

    Args:
        window: The window.
        player: The scenario, what is set about it, and what plays.
        module: The worker's module.
        estimator: The module of the worker that estimates.
    """

    def __init__(
        self,
        window: MainWindow,
        player: Session,
        module: str = "core.explore.worker",
        estimator: str = "gui.explore_estimator",
    ) -> None:
        self._window, self._player = window, player
        self._module, self._estimator = module, estimator
        self._session: ExploreSession | None = None
        self._playing: ExplorePlayer | None = None
        self.page: ExploreWorkspace | None = None

    @property
    def session(self) -> ExploreSession:
        """What is explored."""
        if self._session is None:
            from gui.explore_estimator import Estimator
            from gui.explore_runner import ExploreRunner
            from gui.explore_session import ExploreSession

            window = self._window
            runner = ExploreRunner(window, self._module)
            estimator = Estimator(window, self._estimator)
            made = self._session = ExploreSession(self._player, runner, estimator, window)
            _bind_messages(window, made)
            _bind_enabled(window, made)
            application = QCoreApplication.instance()
            if application is not None:
                application.aboutToQuit.connect(made.cancel)
        return self._session

    @property
    def playing(self) -> ExplorePlayer:
        """Plays and saves what was found."""
        if self._playing is None:
            from gui.explore_playing import ExplorePlayer

            self._playing = ExplorePlayer(self._window, self._player, self.session)
        return self._playing

    def make_page(self) -> ExploreWorkspace:
        """Build the workspace."""
        from gui.workspaces.explore import create

        self.page = create(self._window, self.session, self._player)
        return self.page


def add_explore(window: MainWindow, player: Session, **parts: str) -> ExploreParts:
    """Offer the Explore workspace in a window.

    Args:
        window: The window.
        player: What is open in Live; what is explored is the same scenario.
        **parts: More of ``ExploreParts``, for tests.
    """
    made = ExploreParts(window, player, **parts)
    bind_explore(window, made)
    window.add_workspace(CONTEXT, "Explore", "explore", made.make_page)
    return made


def bind_explore(window: MainWindow, parts: ExploreParts) -> None:
    """Carry out the commands of the Explore workspace."""
    connect = window.registry.connect
    connect("explore.start", lambda: start(parts))
    connect("run.again", lambda: start(parts), CONTEXT)
    connect("run.cancel", lambda: escape(window, parts), CONTEXT)
    connect("explore.live", lambda: parts.playing.play("live"))
    connect("explore.timeline", lambda: parts.playing.play("timeline"))
    connect("explore.save", lambda: parts.playing.save())  # noqa: PLW0108 built when first wanted
    connect("explore.next_broken", lambda: parts.session.next_broken(1))
    connect("explore.previous_broken", lambda: parts.session.next_broken(-1))
    connect("explore.picture", lambda: _obey(parts, lambda page: page.toggle_picture()))
    connect("explore.copy", lambda: _copy(window, parts))
    connect("explore.export", lambda: _export(window, parts))
    for command in _NEEDS_RUN:
        window.registry.set_enabled(command, False)
    for suffix, step in STEPS.items():
        for name, factor in (("in", ZOOM_FACTOR**-step), ("out", ZOOM_FACTOR**step)):
            connect(f"axis.zoom_{name}{suffix}", partial(_zoom, parts, factor), CONTEXT)
        for name, share in (("left", -PAN_SHARE * step), ("right", PAN_SHARE * step)):
            connect(f"axis.pan_{name}{suffix}", partial(_pan, parts, share), CONTEXT)
    connect("axis.fit", lambda: _obey(parts, lambda page: page.graph.view.whole()), CONTEXT)
    connect("axis.back", lambda: _obey(parts, lambda page: page.graph.view.back()), CONTEXT)


def start(parts: ExploreParts) -> None:
    """Explore what is set, typed a moment ago or not; what is under way goes on."""
    page, session = parts.page, parts.session
    if page is not None and not page.bar.commit():
        session.failed.emit(page.bar.estimate.whole)
    elif not session.busy:
        session.start()


def escape(window: MainWindow, parts: ExploreParts) -> None:
    """Leave on Esc what is nearest: the search, a state or a zoom, a message."""
    page = parts.page
    if parts.session.busy:
        parts.session.stop()
    elif page is not None and page.reset():
        return
    elif not window.messages.dismiss_top() and window.isFullScreen():
        window.set_full_screen(False)


def _bind_messages(window: MainWindow, session: ExploreSession) -> None:
    """Say what went wrong or takes long, and take it back when it is so no more."""
    from gui.widgets.explore.words import doubt_words

    said: list[Message] = []

    def forgive() -> None:
        while said:
            message = said.pop()
            if message in window.messages.messages:
                message.dismiss()

    def complain(sentence: str) -> None:
        forgive()
        said.append(window.messages.error(sentence))

    def doubt(estimate: Estimate) -> None:
        forgive()
        sure = ("Explore all the same", lambda: session.start(sure=True))
        said.append(window.messages.warning(doubt_words(estimate), sure))

    session.failed.connect(complain)
    session.doubted.connect(doubt)
    session.started.connect(forgive)
    session.question_changed.connect(forgive)


def _bind_enabled(window: MainWindow, session: ExploreSession) -> None:
    """Offer to play and to save where there is a run to."""
    from gui.explore_playing import run_of

    def show() -> None:
        there = run_of(session) is not None
        for command in _NEEDS_RUN:
            window.registry.set_enabled(command, there)

    session.selection_changed.connect(show)
    session.result_changed.connect(show)
    session.started.connect(show)
    session.ended.connect(show)


def _obey(parts: ExploreParts, act: Callable[[ExploreWorkspace], object]) -> None:
    if parts.page is not None:
        act(parts.page)


def _zoom(parts: ExploreParts, factor: float) -> None:
    _obey(parts, lambda page: page.graph.view.zoom_by(factor))


def _pan(parts: ExploreParts, share: float) -> None:
    _obey(parts, lambda page: page.graph.view.pan_by(share))


def _copy(window: MainWindow, parts: ExploreParts) -> None:
    if parts.page is None or parts.session.result is None:
        window.messages.info("Explore first: then there is an answer to copy.")
        return
    QGuiApplication.clipboard().setText(parts.page.copy_text())
    window.messages.ok("The answer is on the clipboard.")


def _export(window: MainWindow, parts: ExploreParts) -> None:
    from core.saving import write_aside
    from gui.widgets.explore import graph_export

    page = parts.page
    scene = page.graph.view.scene if page is not None else None
    if page is None or scene is None:
        window.messages.info("There is no picture of states to export.")
        return
    path = ask_where(window, "Export the picture", "states.svg", graph_export.KINDS)
    if path is None:
        return
    make = graph_export.png if path.suffix.lower() == ".png" else graph_export.svg
    data = make(scene, page.banner.verdict, page.graph.view.node, window.themes)
    try:
        write_aside(path, data)
    except OSError as error:
        window.messages.error(f"{path}: {error.strerror or error}; choose another place")
        return
    window.messages.ok(f"Saved: {path}")
