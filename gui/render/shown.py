"""What the window shows just now, as what a picture or film is made from."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from core.errors import RenderError
from gui.render.job import Job

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gui.compare_session import CompareSession
    from gui.layout_session import LayoutSession
    from gui.render.request import PictureRequest
    from gui.session import Session
    from gui.theme import ThemeManager
    from gui.viewport import Viewport

VIEW_OF = {"live": "stack", "timeline": "timeline", "compare": "compare", "layout": "layout"}
"""The view that a workspace is about."""
NAMES = {
    "stack": "Call stack", "timeline": "Timeline", "tree": "Recursion tree",
    "compare": "Lanes side by side", "layout": "Layout",
}  # fmt: skip
_OF_A_RUN = ("stack", "timeline", "tree")


def views_in(workspace: str) -> tuple[str, ...]:
    """Return the views that can be drawn of what a workspace shows, its own first."""
    own = VIEW_OF.get(workspace, "")
    if own in _OF_A_RUN:
        return (own, *(view for view in _OF_A_RUN if view != own))
    return (own,) if own else ()


class Sessions(Protocol):
    """Whose runs and structs the window shows; its controller is one."""

    @property
    def session(self) -> Session:
        """What is open in Live."""
        ...

    @property
    def layouts(self) -> LayoutSession:
        """What the Layout workspace is about."""
        ...

    @property
    def viewport(self) -> Viewport:
        """What part of the run the timeline shows."""
        ...


class Shown:
    """What is drawn, taken from the window at a moment.

    Args:
        sessions: Whose runs and structs.
        themes: The theme in force.
        compared: Returns what is compared, None where nothing is.
        view: One of ``views_in`` the workspace in front.

    Attributes:
        view: How it is looked at.
        length: How many moments there are, 0 for a view that does not move.
        position: Where the cursor is.
        selected: The selected part of the run, None where none is.
    """

    def __init__(
        self,
        sessions: Sessions,
        themes: ThemeManager,
        compared: Callable[[], CompareSession | None],
        view: str,
    ) -> None:
        self.view = view
        self._session, self._themes = sessions.session, themes
        self._compared = compared() if view == "compare" else None
        self._layouts = sessions.layouts if view == "layout" else None
        self._viewport = sessions.viewport if view == "timeline" else None
        self.length, self.position = 0, -1
        self.selected: tuple[int, int] | None = None
        if self._compared is not None:
            cursor = self._compared.cursor
            self.length, self.position = len(cursor.trace or ()), cursor.position
        elif view in _OF_A_RUN and self._session.trace is not None:
            self.length, self.position = len(self._session.trace), self._session.position
            self.selected = self._session.range
        self._check()

    def _check(self) -> None:
        if self._layouts is not None:
            if self._layouts.layout is None:
                raise RenderError("there is no struct to draw", advice="open a kernel first")
            if not self._layouts.opened:
                raise RenderError("pasted text is exported from the map: Ctrl+E")
        elif not self.length:
            raise RenderError("there is no run to draw", advice="open a scenario first")

    @property
    def name(self) -> str:
        """A name for a file, without its end."""
        if self._layouts is not None and self._layouts.layout is not None:
            return f"{self._layouts.layout.struct.name}-layout"
        trace = self._session.trace
        scenario = trace.info.scenario if trace is not None else "run"
        return f"{scenario}-{self.view}".replace("/", "-")

    def request(self) -> PictureRequest:
        """Return the picture of what is in view."""
        from gui.render.request import PictureRequest

        source, settings, overrides = self._session.made_from
        common = PictureRequest(
            source=source, settings=settings, overrides=overrides, position=self.position,
            essential=self._session.essential_only, highlights=self._session.highlights,
            theme="dark" if self._themes.theme.dark else "light",
            scale=self._themes.metrics.scale,
        )  # fmt: skip
        if self._compared is not None:
            return dataclasses.replace(common, lanes=tuple(self._compared.lanes))
        if self._layouts is not None:
            return dataclasses.replace(common, **self._layout())
        zoom = self._viewport.seen if self._viewport is not None else None
        return dataclasses.replace(common, trace=self._session.trace, zoom=zoom)

    def _layout(self) -> dict[str, Any]:
        layouts: LayoutSession | None = self._layouts
        assert layouts is not None
        chosen = (f"member:{layouts.selected}",) if layouts.selected else ()
        return {
            "kernel": layouts.opened, "field": layouts.field_text, "place": layouts.place,
            "struct": layouts.question.struct, "highlights": chosen,
        }  # fmt: skip

    def job(self, run: Path, **wanted: Any) -> Job:
        """Return what a worker is to make.

        Args:
            run: Where the run is saved for it, see ``save``.
            wanted: More fields of ``Job``.
        """
        request = self.request()
        return Job(
            # A struct is drawn without a run where there is none.
            what=str(run) if self._session.trace is not None else "",
            view=self.view, theme=request.theme, zoom=request.zoom,
            essential=request.essential, highlights=request.highlights, kernel=request.kernel,
            field=request.field, place=request.place, struct=request.struct,
            lanes=tuple(
                lane if isinstance(lane, str) else dataclasses.asdict(lane)
                for lane in request.lanes
            ),
            **wanted,
        )  # fmt: skip

    def save(self, run: Path) -> None:
        """Save the run where a worker finds it; safe in a thread, as a trace never changes."""
        from core.trace import file as trace_file
        from gui.saved_run import workspace_of

        if self._session.trace is not None:
            state = workspace_of(self._session)
            trace_file.save(self._session.trace, run, workspace=state, compress=False)


def encoded_job(job: Job) -> bytes:
    """Return a job as the worker reads it."""
    return msgspec.json.encode(job)
