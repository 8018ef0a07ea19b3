"""What the commands that play and move do, and what a hand on the playhead does to the clock."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from gui.geometry.scrubber import large_step
from gui.playback import SPEEDS

if TYPE_CHECKING:
    from gui.actions import ActionRegistry
    from gui.playback import Playback
    from gui.session import Session


def bind_playback(registry: ActionRegistry, session: Session, playback: Playback) -> None:
    """Carry out every command that plays or moves, and show what is on."""
    moves = _moves(session, playback)
    for command, move in moves.items():
        registry.connect(command, move)
    registry.connect("speed.slower", playback.slower)
    registry.connect("speed.faster", playback.faster)
    registry.connect("view.essential", session.set_essential_only)

    def show_playing(playing: bool) -> None:
        registry.set_icon("play.toggle", "pause" if playing else "play")

    def show_speed(speed: float) -> None:
        registry.set_enabled("speed.slower", speed > SPEEDS[0])
        registry.set_enabled("speed.faster", speed < SPEEDS[-1])

    def show_trace() -> None:
        for command in moves:
            registry.set_enabled(command, session.trace is not None)

    playback.playing_changed.connect(show_playing)
    playback.speed_changed.connect(show_speed)
    session.trace_changed.connect(show_trace)
    session.essential_changed.connect(lambda on: registry.set_checked("view.essential", on))
    show_trace()
    show_speed(playback.speed)
    show_playing(playback.playing)
    registry.set_checked("view.essential", session.essential_only)


def _moves(session: Session, playback: Playback) -> dict[str, Callable[[], object]]:
    """Return what each command that moves does.

    Looking closely (an event, a call at a time) pauses; jumping elsewhere plays on from there.
    """

    def closely(move: Callable[[], object]) -> Callable[[], None]:
        def obey() -> None:
            playback.pause()
            move()

        return obey

    moves: dict[str, Callable[[], object]] = {
        "play.toggle": playback.toggle,
        "play.back": closely(lambda: session.step(-1)),
        "play.forward": closely(lambda: session.step(1)),
        "play.back_large": lambda: session.step(-_large_step(session)),
        "play.forward_large": lambda: session.step(_large_step(session)),
        "play.start": lambda: session.seek(-1),
        "play.end": lambda: session.seek(len(session.trace or ()) - 1),
        "play.reverse": playback.toggle_back,
        "marker.previous": session.previous_marker,
        "marker.next": session.next_marker,
    }
    for name in ("in", "over", "out"):
        moves[f"step.{name}"] = closely(getattr(session, f"step_{name}"))
        moves[f"step.{name}_back"] = closely(getattr(session, f"step_{name}_back"))
    for tenths in range(10):
        moves[f"jump.{tenths}"] = partial(session.seek_fraction, tenths)
    return moves


def pause_while_dragging(playback: Playback) -> Callable[[bool], None]:
    """Return a slot for ``Scrubber.dragging_changed``: the hand moves the cursor, not the clock."""
    was_playing = False

    def obey(dragging: bool) -> None:
        nonlocal was_playing
        if dragging:
            was_playing = playback.playing
            playback.pause()
        elif was_playing:
            was_playing = False
            playback.resume()

    return obey


def _large_step(session: Session) -> int:
    if session.trace is None:
        return 1
    if session.essential_only:
        from core.trace.filters import essential_positions

        return large_step(len(essential_positions(session.trace)))
    return large_step(len(session.trace))
