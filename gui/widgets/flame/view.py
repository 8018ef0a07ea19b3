"""The flame graph of a profile: a bar that says where one is, and the frames below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.widgets.flame.canvas import FlameCanvas
from gui.widgets.flame.legend import Legend
from gui.widgets.flame.path_bar import PathBar
from gui.widgets.flame.words import offsets_by_name

if TYPE_CHECKING:
    from gui.theme import ThemeManager
    from gui.widgets.flame.model import FlameModel


class FlameView(QWidget):
    """Frames with a way out above them.

    Args:
        model: The tree and how it is looked at.
        themes: The theme in force.
        title: What it is called, for a screen reader.
    """

    menu_asked = Signal(str, QPoint)
    """A menu for a function is asked for, and where on the screen."""
    view_changed = Signal()
    """Another part is in view."""

    def __init__(self, model: FlameModel, themes: ThemeManager, title: str = "Flame graph") -> None:
        super().__init__()
        self.model, self._themes = model, themes
        self.path_bar, self.canvas = PathBar(themes), FlameCanvas(themes, title)
        self.legend = Legend(themes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.path_bar)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.legend)
        self.setFocusProxy(self.canvas)
        self.setAccessibleName(title)
        self._held: int | None = None
        self._offsets: dict[str, list[str]] | None = None
        self.canvas.offsets_of = self._offsets_of
        model.tree_changed.connect(self._take_tree)
        model.look_changed.connect(self._take_look)
        model.search_changed.connect(self._take_search)
        model.selection_changed.connect(self._take_selection)
        self.canvas.view_changed.connect(self._tell_path)
        self.canvas.view_changed.connect(self.view_changed)
        self.canvas.chosen.connect(model.select)
        self.canvas.menu_asked.connect(self._ask_menu)
        self.path_bar.asked_for.connect(self.look_into)
        themes.changed.connect(self._tell_colours)
        self._take_look()
        self._take_search()
        self._take_tree()

    # -- commands -------------------------------------------------------------------------

    def look_into(self, node: int) -> None:
        """Let a frame fill the width; 0 for the whole profile."""
        self.canvas.look_into(node)

    def whole(self) -> None:
        """Show the whole profile."""
        self.canvas.look_into(0)

    def back(self) -> bool:
        """Go where the view was before; False where that is nowhere."""
        return self.canvas.back()

    def zoom_by(self, factor: float) -> None:
        """Show ``factor`` times as much, around the focused frame."""
        self.canvas.zoom_by(factor)

    def pan_by(self, share: float) -> None:
        """Move the view by a share of its width."""
        self.canvas.pan_by(share)

    def next_hit(self, way: int = 1) -> bool:
        """Focus the next hit of the search, or the one before (-1); level by level, and round."""
        tree, found = self.canvas.tree, self.canvas.found
        if tree is None or found is None:
            return False
        hits = np.flatnonzero(tree.having(found))
        if not len(hits):
            return False
        after = self.canvas.focused + (way > 0)
        at = int(np.searchsorted(hits, after)) - (way < 0)
        self.canvas.focus_node(int(hits[at % len(hits)]))
        return True

    def matched_share(self) -> float | None:
        """Return how much of everything has a hit on its stack, 0 to 1; None without a search."""
        tree, found = self.canvas.tree, self.canvas.found
        if tree is None or found is None:
            return None
        if self._held is None:
            self._held = tree.held_by(found)
        return self._held / max(1, tree.whole)

    # -- following the model --------------------------------------------------------------

    def _take_tree(self) -> None:
        self._held = self._offsets = None
        self.canvas.show_tree(self.model.tree, growing=self.model.growing)
        self._tell_colours()
        self._take_selection()

    def _offsets_of(self, function: str) -> list[str]:
        """Look through the frames when the first of them is pointed at, and not before."""
        if self._offsets is None:
            shown = self.model.shown
            self._offsets = offsets_by_name(shown.stacks.frames) if shown is not None else {}
        return self._offsets.get(function, [])

    def _take_look(self) -> None:
        model = self.model
        self.canvas.set_look(model.colouring, upward=model.upward, normalised=model.normalised)
        self._tell_colours()

    def _take_search(self) -> None:
        self._held = None
        self.canvas.look_for(self.model.search)

    def _take_selection(self) -> None:
        if self.model.tree is self.canvas.tree and self.model.selected != self.canvas.focused:
            self.canvas.focus_node(self.model.selected)

    def _tell_path(self) -> None:
        canvas = self.canvas
        if canvas.tree is None or canvas.zoom is None:
            self.path_bar.show_path(None, [], whole=True)
        else:
            path = canvas.tree.path(canvas.zoom.node)
            self.path_bar.show_path(canvas.tree, path, whole=canvas.zoom.is_whole)

    def _tell_colours(self) -> None:
        canvas = self.canvas
        self.legend.show_meanings(canvas.look.colours.legend if canvas.tree is not None else [])

    def _ask_menu(self, node: int, where: QPoint) -> None:
        if self.canvas.tree is not None and self.canvas.tree.name[node] >= 0:
            self.menu_asked.emit(self.canvas.tree.name_of(node), where)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much of the path as there is room for."""
        super().resizeEvent(event)
        self._tell_path()
