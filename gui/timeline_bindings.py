"""What the commands of the timeline do, and those that zoom whatever axis is in front."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from gui.window import MainWindow
    from gui.workspaces.timeline import TimelineWorkspace

ZOOM_FACTOR, PAN_SHARE = 0.7, 0.15
"""What one press of a key leaves in view, and by which share of it one moves."""
_STEPS = {"": 1.0, "_coarser": 3.0, "_finer": 0.25}


class Zoomable(Protocol):
    """A view with an axis that the keys zoom and pan: each workspace in ``ZOOMING`` has one."""

    def zoom_by(self, factor: float) -> None:
        """Show ``factor`` times as much, around the cursor or the mouse."""

    def pan_by(self, share: float) -> None:
        """Move by a share of what is in view."""

    def show_all(self) -> None:
        """Show the whole run."""

    def look_back(self) -> None:
        """Go back to what was in view before."""


def bind_axis(window: MainWindow, in_front: Callable[[], Zoomable | None]) -> None:
    """Carry out zooming and panning on the axis of the workspace in front."""
    registry = window.registry

    def on_axis(obey: Callable[[Zoomable], None]) -> Callable[[], None]:
        def run() -> None:
            axis = in_front()
            if axis is not None:
                obey(axis)

        return run

    def zoom(factor: float) -> Callable[[], None]:
        return on_axis(lambda axis: axis.zoom_by(factor))

    def pan(share: float) -> Callable[[], None]:
        return on_axis(lambda axis: axis.pan_by(share))

    for suffix, step in _STEPS.items():
        registry.connect(f"axis.zoom_in{suffix}", zoom(ZOOM_FACTOR**step))
        registry.connect(f"axis.zoom_out{suffix}", zoom(ZOOM_FACTOR**-step))
        registry.connect(f"axis.pan_left{suffix}", pan(-PAN_SHARE * step))
        registry.connect(f"axis.pan_right{suffix}", pan(PAN_SHARE * step))
    registry.connect("axis.fit", on_axis(lambda a: a.show_all()))
    registry.connect("axis.back", on_axis(lambda a: a.look_back()))


def bind_timeline(window: MainWindow, page: Callable[[], TimelineWorkspace | None]) -> None:
    """Carry out the commands of the Timeline workspace.

    Args:
        window: Whose commands.
        page: Returns the workspace, None before it is first shown.
    """

    def on_page(obey: Callable[[TimelineWorkspace], Any]) -> Callable[[], None]:
        def run() -> None:
            shown = page()
            if shown is not None:
                obey(shown)

        return run

    commands: dict[str, Callable[[TimelineWorkspace], Any]] = {
        "timeline.mode": lambda p: p.viewport.set_mode(
            "time" if p.viewport.mode == "order" else "order"
        ),
        "timeline.colours": lambda p: p.model.set_colouring(
            "function" if p.model.colouring == "subsystem" else "subsystem"
        ),
        "timeline.rows": lambda p: p.timeline.set_fit_rows(not p.timeline.fit_rows),
        "timeline.select": lambda p: p.timeline.select_focused(),
        "timeline.deselect": lambda p: p.session.clear_range(),
        "timeline.search": lambda p: p.bar.begin_search(),
        "timeline.next_hit": lambda p: p.search.next(),
        "timeline.previous_hit": lambda p: p.search.previous(),
        "timeline.panels": lambda p: p.show_side(not p.side_shown),
        "timeline.export": lambda p: p.export(),
        "timeline.export_plots": lambda p: p.export_plots(),
    }
    for command, obey in commands.items():
        window.registry.connect(command, on_page(obey))
