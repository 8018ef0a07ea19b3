"""The Compare workspace in a window: what the commands do while it is in front."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication

from gui.compare_session import CompareSession
from gui.geometry.scrubber import large_step
from gui.playback import SPEEDS, Playback
from gui.timeline_bindings import PAN_SHARE, STEPS, ZOOM_FACTOR

if TYPE_CHECKING:
    from gui.session import Session
    from gui.widgets.compare.strips import StripsView
    from gui.widgets.message_bar import Message
    from gui.window import MainWindow
    from gui.workspaces.compare import CompareWorkspace

CONTEXT = "compare"
_STOPS = ("stop.next", "stop.previous", "stop.toggle_here", "stop.clear")
"""Stops belong to the run in Live, which is not to move behind the comparison."""


def add_compare(window: MainWindow, session: Session, main_playback: Playback) -> CompareSession:
    """Offer the Compare workspace in a window.

    Args:
        window: The window.
        session: What is open in Live; the comparison is on the same scenario.
        main_playback: The clock of Live.

    Returns:
        What is compared. Nothing is run before the workspace is shown.
    """
    comparison = CompareSession(session, parent=window)
    # The clock asks no more of a session than the cursor of a comparison has.
    playback = Playback(cast("Session", comparison.cursor), parent=window)
    pages: list[CompareWorkspace] = []

    def make() -> CompareWorkspace:
        from gui.workspaces import compare

        pages.append(compare.create(window, comparison, playback))
        return pages[-1]

    bind_compare(window, comparison, playback, lambda: pages[-1] if pages else None, main_playback)
    _bind_messages(window, comparison)
    window.add_workspace(CONTEXT, "Compare", "compare", make)
    application = QCoreApplication.instance()
    if application is not None:
        application.aboutToQuit.connect(comparison.cancel)
    return comparison


def _bind_messages(window: MainWindow, session: CompareSession) -> None:
    """Say what went wrong, and take it back when something else has been compared."""
    complaints: list[Message] = []

    def forgive() -> None:
        while complaints:
            complaint = complaints.pop()
            if complaint in window.messages.messages:
                complaint.dismiss()

    def complain(sentence: str) -> None:
        forgive()
        complaints.append(window.messages.error(sentence))

    session.failed.connect(complain)
    session.traces_changed.connect(forgive)


def bind_compare(
    window: MainWindow,
    session: CompareSession,
    playback: Playback,
    page: Callable[[], CompareWorkspace | None],
    main_playback: Playback,
) -> None:
    """Carry out every command that means the comparison while it is in front.

    Args:
        window: Its commands, and which workspace is in front.
        session: What is compared.
        playback: The clock that moves the comparison's cursor.
        page: The workspace, None as long as it was not shown.
        main_playback: The clock of the run in Live: only one of the two plays at a time.
    """
    registry = window.registry
    moves = _moves(session, playback)
    for command, move in moves.items():
        registry.connect(command, move, CONTEXT)
    _bind_speed(window, playback)
    _bind_views(window, session, page)
    _bind_partings(window, session)
    for command in _STOPS:
        registry.connect(command, lambda: None, CONTEXT)
        registry.set_enabled(command, False, CONTEXT)
    registry.connect("run.again", session.rerun, CONTEXT)
    registry.connect("run.cancel", session.cancel, CONTEXT)

    def show_playing(playing: bool) -> None:
        registry.set_icon("play.toggle", "pause" if playing else "play")

    def show_runs() -> None:
        for command in moves:
            registry.set_enabled(command, session.alignment is not None, CONTEXT)

    def show_busy(busy: bool) -> None:
        registry.set_enabled("run.cancel", busy, CONTEXT)

    def change_hands(workspace: str) -> None:
        (main_playback if workspace == CONTEXT else playback).pause()

    playback.playing_changed.connect(show_playing)
    session.traces_changed.connect(show_runs)
    session.run_started.connect(lambda: show_busy(True))
    session.run_ended.connect(lambda: show_busy(False))
    window.workspace_shown.connect(change_hands)
    show_runs()
    show_busy(False)


def _bind_speed(window: MainWindow, playback: Playback) -> None:
    registry = window.registry
    registry.connect("speed.slower", playback.slower, CONTEXT)
    registry.connect("speed.faster", playback.faster, CONTEXT)

    def show_speed(speed: float) -> None:
        registry.set_enabled("speed.slower", speed > SPEEDS[0], CONTEXT)
        registry.set_enabled("speed.faster", speed < SPEEDS[-1], CONTEXT)

    playback.speed_changed.connect(show_speed)
    show_speed(playback.speed)


def _bind_views(
    window: MainWindow, session: CompareSession, page: Callable[[], CompareWorkspace | None]
) -> None:
    """Bind what moves the axis, chooses lanes, and copies."""
    registry = window.registry

    def on_page(act: Callable[[CompareWorkspace], object]) -> Callable[[], None]:
        def obey() -> None:
            found = page()
            if found is not None:
                act(found)

        return obey

    def on_strips(act: Callable[[StripsView], object]) -> Callable[[], None]:
        return on_page(lambda found: act(found.strips))

    def zoom(factor: float) -> Callable[[], None]:
        return on_strips(lambda strips: strips.zoom_by(factor))

    def pan(share: float) -> Callable[[], None]:
        return on_strips(lambda strips: strips.viewport.pan(share))

    for how, step in STEPS.items():
        registry.connect(f"axis.zoom_in{how}", zoom(ZOOM_FACTOR**step), CONTEXT)
        registry.connect(f"axis.zoom_out{how}", zoom(ZOOM_FACTOR**-step), CONTEXT)
        registry.connect(f"axis.pan_left{how}", pan(-PAN_SHARE * step), CONTEXT)
        registry.connect(f"axis.pan_right{how}", pan(PAN_SHARE * step), CONTEXT)
    registry.connect("axis.fit", on_strips(lambda strips: strips.viewport.fit()), CONTEXT)
    registry.connect("axis.back", on_strips(lambda strips: strips.viewport.back()), CONTEXT)
    for preset in ("storages", "patch", "depths"):
        registry.connect(f"compare.{preset}", partial(session.choose_preset, preset), CONTEXT)
    registry.connect("compare.add", on_page(lambda found: found.add_lane()), CONTEXT)
    toggle = on_page(lambda found: found.bar.toggle_overlay())
    registry.connect("compare.ghost", toggle, CONTEXT)
    copy = on_page(lambda found: found.table.copy_markdown())
    registry.connect("compare.copy", copy, CONTEXT)
    copy_csv = on_page(lambda found: found.table.copy_csv())
    registry.connect("compare.copy_csv", copy_csv, CONTEXT)


def _bind_partings(window: MainWindow, session: CompareSession) -> None:
    """Go from parting to parting, and say where there is none that way."""
    notes: list[Message] = []

    def forget() -> None:
        while notes:
            note = notes.pop()
            if note in window.messages.messages:
                note.dismiss()

    def go(move: Callable[[], bool], where: str) -> None:
        moved = move()
        forget()
        alignment = session.alignment
        if moved or alignment is None:
            return
        never = not len(alignment.parting_moments)
        sentence = "These lanes never part." if never else f"The lanes do not part {where}."
        notes.append(window.messages.info(sentence))

    connect = window.registry.connect
    further, back = "again further on", "further back"
    connect("compare.next_parting", lambda: go(session.next_parting, further), CONTEXT)
    connect("compare.previous_parting", lambda: go(session.previous_parting, back), CONTEXT)
    session.moment_changed.connect(forget)
    session.traces_changed.connect(forget)


def _moves(session: CompareSession, playback: Playback) -> dict[str, Callable[[], object]]:
    """Return what each command that moves does, as ``gui.bindings`` has it for a single run.

    Looking closely (a moment, a call at a time) pauses; jumping elsewhere plays on from there.
    """
    cursor = session.cursor

    def closely(move: Callable[[], object]) -> Callable[[], None]:
        def obey() -> None:
            playback.pause()
            move()

        return obey

    def large() -> int:
        moments = cursor.trace
        if moments is None:
            return 1
        return large_step(len(moments.essential) if cursor.essential_only else len(moments))

    moves: dict[str, Callable[[], object]] = {
        "play.toggle": playback.toggle,
        "play.reverse": playback.toggle_back,
        "play.back": closely(lambda: cursor.step(-1)),
        "play.forward": closely(lambda: cursor.step(1)),
        "play.back_large": lambda: cursor.step(-large()),
        "play.forward_large": lambda: cursor.step(large()),
        "play.start": lambda: cursor.seek(-1),
        "play.end": lambda: cursor.seek(len(cursor.trace or ()) - 1),
        "marker.previous": cursor.previous_marker,
        "marker.next": cursor.next_marker,
    }
    for name in ("in", "over", "out"):
        moves[f"step.{name}"] = closely(getattr(cursor, f"step_{name}"))
        moves[f"step.{name}_back"] = closely(getattr(cursor, f"step_{name}_back"))
    for tenths in range(10):
        moves[f"jump.{tenths}"] = partial(cursor.seek_fraction, tenths)
    return moves
