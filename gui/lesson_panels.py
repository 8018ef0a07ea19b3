"""Points at whole panels of the window for a step, and opens those that are put away.

Those that have made room for others come back for the step. Where even so one is out of sight, the
button that leads to it is pointed at. When the step is left, the panels are put back as they were,
unless the user has touched them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

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
        instead: What leads to it, the nearest first.
        fill: Has it show something where it is empty.
    """

    views: tuple[QWidget, ...]
    side: QWidget | None = None
    name: str = ""
    opener: Any = None
    instead: tuple[QWidget, ...] = ()
    fill: Callable[[], None] | None = None


def _live(page: Any) -> dict[str, Callable[[], Panel]]:
    def moment(view: QWidget) -> Callable[[], Panel]:
        instead = (page.side.choice.buttons["moment"],)
        return lambda: Panel((view,), page.side, "moment", page.side, instead)

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
        return lambda: Panel((view,), None, name, page, (page.choice.buttons[name],))

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
    fill = page.session.start_unless_answered

    def panel(view: QWidget, turn: str) -> Callable[[], Panel]:
        instead = (page.empty.button, page.turns.buttons[turn])
        return lambda: Panel((view,), None, turn, page, instead, fill)

    return {
        "answer": lambda: Panel((page.banner,), instead=(page.empty.button,), fill=fill),
        "table": panel(page.list, "answer"),
        "states": panel(page.graph, "picture"),
    }


def _at_the_side(page: Any, name: str) -> Callable[[], Panel]:
    """Return what finds a panel that shares its place with others; it is built when wanted."""
    side = page.side
    return lambda: Panel((side.panel(name),), side, name, side, (side.choice.buttons[name],))


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
        if step is None:
            return
        highlights, names = step.step.highlights, wanted(step.step.highlights, "panel")
        # Bits have a ring of their own, in the word that they are in.
        opened = dict.fromkeys((*names, "word") if "bits" in highlights else names)
        if not opened:
            return
        self._pointed_for = self._lessons.index
        page: Any = self._window.build_workspace(step.workspace)
        known = PLACES[step.workspace](page)
        panels = {name: known[name]() for name in opened if name in known}
        for panel in panels.values():
            self._open(panel)
        parts = (each for panel in panels.values() for each in (*panel.views, panel.side))
        page.pointed.point(each for each in parts if each is not None)
        self._back.append(lambda: page.pointed.point(()))
        for name in names:
            if name in panels:
                self._ring(panels[name], page)
        QTimer.singleShot(0, self, lambda: self._scroll_to(tuple(panels.values())))

    def _ring(self, panel: Panel, page: QWidget) -> None:
        """Ring a panel, or what leads to it; once it is there it has its ring."""
        themes = self._window.themes
        self.rings += [PanelRing(view, themes) for view in panel.views]
        if not any(view.isVisibleTo(page) for view in panel.views):
            near = (each for each in panel.instead if each.isVisibleTo(page))
            self.rings += [PanelRing(each, themes) for each in near][:1]

    def _scroll_to(self, panels: tuple[Panel, ...]) -> None:
        """Bring panels into view where what they stand in scrolls, the first one above all."""
        for panel in reversed(panels):
            for view in panel.views:
                area = _area_of(view)
                if area is not None and view.isVisible():
                    area.ensureWidgetVisible(view, 0, 0)

    def _leave_others(self, index: int) -> None:
        """Point no more at what another step is about, while this one is still on its way."""
        if index != self._pointed_for:
            self._put_back()

    def _open(self, panel: Panel) -> None:
        opener, name = panel.opener, panel.name
        if panel.fill is not None:
            panel.fill()
        if opener is not None and (before := _shown(opener)) != name:
            opener.show_panel(name)

            def back() -> None:
                if _shown(opener) == name:
                    opener.show_panel(before)

            self._back.append(back)

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


def _area_of(view: QWidget) -> QScrollArea | None:
    """Return the area that a view scrolls in, None where it does not."""
    above = view.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    return above
