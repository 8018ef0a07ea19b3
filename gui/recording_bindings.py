"""What the commands of the Recordings workspace do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from gui.recording_examples import EXAMPLES
from gui.recording_look import BY_DIFFERENCE, COLOURINGS, HEAVY, SANDWICH, TIME
from gui.timeline_bindings import PAN_SHARE, STEPS, ZOOM_FACTOR

if TYPE_CHECKING:
    from gui.recording_session import RecordingSession
    from gui.session import Session
    from gui.window import MainWindow
    from gui.workspaces.recordings import RecordingsWorkspace

CONTEXT = "recordings"

Page = Callable[[], "RecordingsWorkspace | None"]


def bind_recordings(
    window: MainWindow,
    session: Callable[[], RecordingSession],
    page: Page,
    player: Session,
) -> None:
    """Carry out the commands of the Recordings workspace.

    Args:
        window: For its commands, messages and workspaces.
        session: Returns what they are about; it is made when it is first asked for.
        page: Returns the workspace once it has been built.
        player: Plays a trace in Live and shows it on the timeline.
    """
    connect = window.registry.connect
    for name, act in _on_session().items():
        connect(f"recordings.{name}", lambda act=act: act(session()))
    for name, obey in _on_page().items():
        connect(f"recordings.{name}", partial(_obey, page, obey))
    connect("recordings.compare", lambda: choose_base(window, session()))
    connect("recordings.timeline", lambda: hand_over(window, session(), player, "timeline"))
    connect("recordings.live", lambda: hand_over(window, session(), player, "live"))
    connect("run.cancel", lambda: escape(window, session(), page()), CONTEXT)
    for example in EXAMPLES:
        connect(f"example.{example.name}", lambda path=example.path: window.open_file(path))
    _bind_axis(window, page)


def _on_session() -> dict[str, Callable[[RecordingSession], object]]:
    return {
        "time": lambda s: s.set_order(TIME),
        "heavy": lambda s: s.set_order(HEAVY),
        "sandwich": lambda s: s.set_view(SANDWICH),
        "collapse": lambda s: s.set_collapse(not s.collapse),
        "upward": lambda s: s.set_upward(not s.upward),
        "invert": lambda s: s.set_inverted(not s.inverted),
        "colours": next_colours,
        "next_hit": lambda s: s.next_hit(),
        "previous_hit": lambda s: s.previous_hit(),
        "hide": lambda s: s.function and s.hide(s.function),
        "keep": lambda s: s.function and s.keep(s.function),
        "show_all": lambda s: s.show_all(),
        "swap": lambda s: s.swap(),
        "alone": lambda s: s.compare_with(None),
        "normalise": lambda s: s.comparing and s.set_normalised(not s.normalised),
    }


def _on_page() -> dict[str, Callable[[RecordingsWorkspace], object]]:
    return {
        "search": lambda p: p.begin_search(),
        "filter": lambda p: p.begin_filter(),
        "panels": lambda p: p.show_side(not p.side_shown),
        "copy": lambda p: p.copy_markdown(),
        "copy_csv": lambda p: p.copy_csv(),
    }


def _bind_axis(window: MainWindow, page: Page) -> None:
    connect = window.registry.connect
    for suffix, step in STEPS.items():
        for name, factor in (("in", ZOOM_FACTOR**step), ("out", ZOOM_FACTOR**-step)):
            connect(f"axis.zoom_{name}{suffix}", partial(_zoom, page, factor), CONTEXT)
        for name, share in (("left", -PAN_SHARE * step), ("right", PAN_SHARE * step)):
            connect(f"axis.pan_{name}{suffix}", partial(_pan, page, share), CONTEXT)
    connect("axis.fit", partial(_obey, page, lambda p: p.fit()), CONTEXT)
    connect("axis.back", partial(_obey, page, lambda p: p.zoom_back()), CONTEXT)


def _zoom(page: Page, factor: float) -> None:
    _obey(page, lambda p: p.zoom_by(factor))


def _pan(page: Page, share: float) -> None:
    _obey(page, lambda p: p.pan_by(share))


def _obey(page: Page, act: Callable[[RecordingsWorkspace], object]) -> None:
    shown = page()
    if shown is not None:
        act(shown)


def next_colours(session: RecordingSession) -> None:
    """Let colours say the next thing; the difference only where there is one."""
    known = [each for each in COLOURINGS if each != BY_DIFFERENCE or session.comparing]
    at = known.index(session.colouring) if session.colouring in known else -1
    session.set_colouring(known[(at + 1) % len(known)])


def choose_base(window: MainWindow, session: RecordingSession) -> None:
    """Ask for the recording to compare with, and read it."""
    if session.recording is None:
        window.messages.info("Open a recording first, then the one to compare it with.")
        return
    folder = str(Path(session.recording.name).parent)
    chosen, _ = QFileDialog.getOpenFileName(window, "Compare with", folder)
    if chosen:
        session.open_base(Path(chosen))
    window.focus_home()


def hand_over(
    window: MainWindow,
    session: RecordingSession,
    player: Session,
    workspace: str,
    position: int | None = None,
) -> bool:
    """Show a recorded trace in another workspace; False where there is none.

    Args:
        window: Whose workspace.
        session: What is open.
        player: Plays it.
        workspace: ``timeline`` or ``live``.
        position: The event to go to; None stays where one was, in a trace that was there before.
    """
    trace, recording = session.trace, session.recording
    if trace is None or recording is None:
        window.messages.info("This recording has no order of events: there is nothing to play.")
        return False
    if player.trace is not trace:
        player.open_recorded(trace, Path(recording.name))
    if position is not None:
        player.seek(position)
    window.show_workspace(workspace)
    return True


def escape(window: MainWindow, session: RecordingSession, page: RecordingsWorkspace | None) -> None:
    """Leave on Esc what is nearest: a file being read, a zoom or search, a message."""
    if session.busy:
        session.cancel()
    elif page is not None and page.reset():
        return
    elif not window.messages.dismiss_top() and window.isFullScreen():
        window.set_full_screen(False)
