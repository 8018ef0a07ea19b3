"""What the commands of the timeline do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from gui.widgets.wheel import COARSER, FINER

if TYPE_CHECKING:
    from gui.window import MainWindow
    from gui.workspaces.timeline import TimelineWorkspace

ZOOM_FACTOR, PAN_SHARE = 0.7, 0.15
"""What one press of a key leaves in view, and by which share of it one moves."""
STEPS = {"": 1.0, "_coarser": COARSER, "_finer": FINER}
"""How many steps one press counts, by the end of a command's name."""


def bind_timeline(window: MainWindow, page: Callable[[], TimelineWorkspace | None]) -> None:
    """Carry out the commands of the Timeline workspace.

    Args:
        window: Whose commands.
        page: Returns the workspace, None before it is first shown.
    """

    def on_page(obey: Callable[[TimelineWorkspace], object]) -> Callable[[], None]:
        def run() -> None:
            shown = page()
            if shown is not None:
                obey(shown)

        return run

    commands: dict[str, Callable[[TimelineWorkspace], object]] = {
        "axis.fit": lambda p: p.viewport.fit(),
        "axis.back": lambda p: p.viewport.back(),
        "timeline.mode": lambda p: p.viewport.set_mode(
            "time" if p.viewport.mode == "order" else "order"
        ),
        "timeline.colours": lambda p: p.model.set_colouring(
            "function" if p.model.colouring == "subsystem" else "subsystem"
        ),
        "timeline.rows": lambda p: p.timeline.set_fit_rows(not p.timeline.fit_rows),
        "timeline.select": lambda p: p.timeline.select_focused(),
        "timeline.select_from": lambda p: p.session.begin_range(),
        "timeline.select_to": lambda p: p.session.end_range(),
        "timeline.deselect": lambda p: p.session.clear_range(),
        "timeline.search": lambda p: p.bar.begin_search(),
        "timeline.next_hit": lambda p: p.search.next(),
        "timeline.previous_hit": lambda p: p.search.previous(),
        "timeline.panels": lambda p: p.show_side(not p.side_shown),
        "timeline.export": lambda p: p.export(),
        "timeline.export_plots": lambda p: p.export_plots(),
    }
    for suffix, step in STEPS.items():
        for name, factor in (("in", ZOOM_FACTOR**step), ("out", ZOOM_FACTOR**-step)):
            commands[f"axis.zoom_{name}{suffix}"] = partial(_zoom, factor)
        for name, share in (("left", -PAN_SHARE * step), ("right", PAN_SHARE * step)):
            commands[f"axis.pan_{name}{suffix}"] = partial(_pan, share)
    for command, obey in commands.items():
        window.registry.connect(command, on_page(obey))


def _zoom(factor: float, page: TimelineWorkspace) -> None:
    page.zoom_by(factor)


def _pan(share: float, page: TimelineWorkspace) -> None:
    page.viewport.pan(share)
