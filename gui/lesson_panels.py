"""Points at whole panels of the window for a step, and opens those that are put away.

When the step is left, the panels are put back as they were, unless the user has touched them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.widgets.pointer import PanelRing, wanted

if TYPE_CHECKING:
    from gui.lesson_session import LessonSession
    from gui.window import MainWindow


class Panel(NamedTuple):
    """A panel of a workspace.

    Attributes:
        views: The widgets it is; of several one is in sight.
        side: What it is in that may be put away; None for nothing.
        name: What ``opener`` calls it; empty where it is always open.
        opener: What has ``show_panel`` and ``shown`` for it.
    """

    views: tuple[QWidget, ...]
    side: QWidget | None = None
    name: str = ""
    opener: Any = None


def _live(page: Any) -> dict[str, Callable[[], Panel]]:
    def moment(view: QWidget) -> Callable[[], Panel]:
        return lambda: Panel((view,), page.side, "moment", page.side)

    return {
        "stack": lambda: Panel((page.stack, page.cpus)),
        "gauge": lambda: Panel((page.gauge,)),
        "sentence": lambda: Panel((page.explanation,)),
        "listing": moment(page.source),
        "word": moment(page.word),
        "counts": moment(page.counts),
        "machine": _at_the_side(page, "machine"),
    }


def _timeline(page: Any) -> dict[str, Callable[[], Panel]]:
    return {
        "timeline": lambda: Panel((page.timeline,)),
        "sentence": lambda: Panel((page.explanation,)),
        "functions": _at_the_side(page, "functions"),
        "recursion": _at_the_side(page, "recursion"),
        "machine": _at_the_side(page, "machine"),
        "plots": _at_the_side(page, "plots"),
    }


def _compare(page: Any) -> dict[str, Callable[[], Panel]]:
    return {
        "stack": lambda: Panel((page.columns,)),
        "timeline": lambda: Panel((page.strips,)),
        "table": lambda: Panel((page.table,)),
    }


def _layout(page: Any) -> dict[str, Callable[[], Panel]]:
    def side(view: QWidget, name: str) -> Callable[[], Panel]:
        return lambda: Panel((view,), None, name, page)

    return {
        "map": lambda: Panel((page.map,)),
        "word": lambda: Panel((page.bits,)),
        "cost": side(page.cost, "cost"),
        "members": side(page.members, "members"),
        "kernels": side(page.kernels, "survey"),
    }


def _recordings(page: Any) -> dict[str, Callable[[], Panel]]:
    return {
        "flame": lambda: Panel((page.flame,)),
        "table": _at_the_side(page, "top"),
        "treemap": _at_the_side(page, "treemap"),
        "special": _at_the_side(page, "notes"),
        "what_if": _at_the_side(page, "what_if"),
    }


def _explore(page: Any) -> dict[str, Callable[[], Panel]]:
    return {
        "answer": lambda: Panel((page.banner,)),
        "table": lambda: Panel((page.list,)),
        "states": lambda: Panel((page.graph,), page.graph),
    }


def _at_the_side(page: Any, name: str) -> Callable[[], Panel]:
    """Return what finds a panel that shares its place with others; it is built when wanted."""
    return lambda: Panel((page.side.panel(name),), page.side, name, page.side)


PLACES: dict[str, Callable[[Any], dict[str, Callable[[], Panel]]]] = {
    "live": _live,
    "timeline": _timeline,
    "compare": _compare,
    "layout": _layout,
    "recordings": _recordings,
    "explore": _explore,
}
"""Where the panels of ``core.lesson.panels`` are, by workspace."""


class LessonPanels(QObject):
    """Follows a lesson.

    Args:
        lessons: The lesson under way.
        window: The window.
    """

    def __init__(self, lessons: LessonSession, window: MainWindow) -> None:
        super().__init__(lessons)
        self._lessons, self._window = lessons, window
        self.rings: list[PanelRing] = []
        self._back: list[Callable[[], None]] = []
        lessons.stage.shown.connect(self._point)
        lessons.step_changed.connect(self._leave_others)
        lessons.lesson_changed.connect(self._put_back)
        lessons.failed.connect(self._put_back)
        self._pointed_for = -1

    def _point(self) -> None:
        """Open and ring what the step points at; it is on the stage."""
        self._put_back()
        step = self._lessons.step
        names = wanted(step.step.highlights, "panel") if step is not None else ()
        if step is None or not names:
            return
        self._pointed_for = self._lessons.index
        known = PLACES[step.workspace](self._window.build_workspace(step.workspace))
        for name in names:
            if name in known:
                panel = known[name]()
                self._open(panel)
                self.rings += [PanelRing(view, self._window.themes) for view in panel.views]

    def _leave_others(self, index: int) -> None:
        """Point no more at what another step is about, while this one is still on its way."""
        if index != self._pointed_for:
            self._put_back()

    def _open(self, panel: Panel) -> None:
        side, opener, name = panel.side, panel.opener, panel.name
        if side is not None and side.isHidden():
            self._show(side, on=True)
            self._back.append(lambda: self._show(side, on=False))
        if opener is not None and (before := _shown(opener)) != name:
            opener.show_panel(name)

            def back() -> None:
                if _shown(opener) == name:
                    opener.show_panel(before)

            self._back.append(back)

    def _show(self, side: QWidget, *, on: bool) -> None:
        side.setVisible(on)
        registry = self._window.registry
        if self._window.workspace == "live":
            registry.set_checked("view.details", on)

    def _put_back(self, *_: object) -> None:
        for ring in self.rings:
            ring.remove()
        back, self.rings, self._back = self._back, [], []
        self._pointed_for = -1
        for put_back in reversed(back):
            put_back()


def _shown(opener: Any) -> str:
    """Return the name of the panel in front."""
    name: str = opener.shown if hasattr(opener, "shown") else opener.panel
    return name
