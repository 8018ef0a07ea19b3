"""What a picture is of, and how it looks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from core.compare.lanes import Lane
    from core.explore.result import Exploration
    from core.scenario.loader import ScenarioText, Value
    from core.scenario.run import Overrides
    from core.trace.trace import Trace

VIEWS = ("stack", "timeline", "compare", "layout", "tree")
STATES = "states"
"""What a lesson's step that explores is shown as, where no other view is asked for."""
DEFAULT_SIZE = 1280, 720

Format = Literal["png", "svg", "pdf"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PictureRequest:
    """What a picture is of, and how it looks.

    Attributes:
        source: The scenario; None where a trace without one is shown, or a layout.
        settings: Its parameters.
        overrides: What is changed about it.
        trace: The run, where it was made already; None runs the scenario.
        position: Where the cursor is, -1 before the first event; a moment for "compare".
        zoom: First and last position in view of the timeline; None for all.
        essential: Whether only the functions of the mail's chain are shown.
        lanes: For "compare": each a lane, or a text as a lesson writes it ("none", "uint:2").
        kernel: For "layout": a bundled layout, or a file; empty for Debian's 6.1.
        field: For "layout": the field asked about; empty for an unsigned int.
        place: For "layout": where it goes; empty for the best place.
        struct: For "layout": the struct; empty for task_struct.
        highlights: What is pointed at, as a lesson writes it.
        explored: For a step that explores: what came of it.
        title: A line on top; empty says what the run is.
        caption: Whether a picture of the stack says below what happened.
        size: Width and height in pixels.
        theme: "light" or "dark".
        scale: Size of what is drawn, 1 is 100 %.
        format: The kind of file.
    """

    source: ScenarioText | None = None
    settings: Mapping[str, Value] = dataclasses.field(default_factory=dict)
    overrides: Overrides | None = None
    trace: Trace | None = None
    position: int = -1
    zoom: tuple[int, int] | None = None
    essential: bool = False
    lanes: tuple[str | Lane, ...] = ()
    kernel: str = ""
    field: str = ""
    place: str = ""
    struct: str = ""
    highlights: tuple[str, ...] = ()
    explored: Exploration | None = None
    title: str = ""
    caption: bool = True
    size: tuple[int, int] = DEFAULT_SIZE
    theme: Literal["light", "dark"] = "dark"
    scale: float = 1.0
    format: Format = "png"
