"""One function between who called it and what it called."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from gui.widgets.elided import ElidedLabel
from gui.widgets.flame.canvas import FlameCanvas
from gui.widgets.flame.words import module_text, share_text, weight_text
from gui.widgets.lazy_panel import LazyPanel

if TYPE_CHECKING:
    from core.recording.profile import StackProfile
    from core.recording.questions.call_tree import CallTree
    from gui.theme import ThemeManager
    from gui.widgets.flame.model import SandwichModel

_NO_FUNCTION = "Choose a function, in the flame graph or in the table, to see who calls it."
_NOT_THERE = "No stack that is shown holds {}."


class SandwichView(LazyPanel):
    """Callers above, standing on the function; callees below, hanging from it.

    Each record counts once: a function that calls itself is cut at its outermost call.

    Args:
        model: The records and the function.
        themes: The theme in force.
    """

    menu_asked = Signal(str, QPoint)
    """A menu for a function is asked for, and where on the screen."""

    def __init__(self, model: SandwichModel, themes: ThemeManager) -> None:
        super().__init__()
        self.model, self._themes = model, themes
        self.title = ElidedLabel()
        self.callers = FlameCanvas(themes, "Callers")
        self.callees = FlameCanvas(themes, "Callees")
        self._captions = (QLabel("Callers"), QLabel("Callees"))
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        for canvas, caption in zip((self.callers, self.callees), self._captions, strict=True):
            self._splitter.addWidget(self._captioned(canvas, caption))
            canvas.menu_asked.connect(self._asker(canvas))
            canvas.activated.connect(self._goer(canvas))
        self._splitter.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(self._splitter, 1)
        self.setFocusProxy(self.callers)
        self.setAccessibleName("Callers and callees")
        model.tree_changed.connect(self.renew)
        model.selection_changed.connect(self.renew)
        model.look_changed.connect(self._take_look)
        model.search_changed.connect(self._take_search)
        themes.changed.connect(self._dress)
        self._dress()
        self._take_look()
        self._take_search()
        self.catch_up()

    def _captioned(self, canvas: FlameCanvas, caption: QLabel) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(caption)
        column.addWidget(canvas, 1)
        return page

    @property
    def function(self) -> str:
        """The function that it is about; empty for none."""
        return self.model.function

    def back(self) -> bool:
        """Go where both views were before; False where that is nowhere."""
        below, above = self.callees.back(), self.callers.back()
        return below or above

    # -- following the model --------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Take what has changed while nobody looked."""
        self._dress()  # a style sheet gives a widget that it meets first its old font back
        super().showEvent(event)

    def take(self) -> None:
        """Take another function or other records."""
        profile, function = self.model.shown, self.model.function
        if profile is None or not function:
            self._show_nothing(_NO_FUNCTION)
            return
        callers, callees = self._trees(profile, function)
        if callees.is_empty:
            self._show_nothing(_NOT_THERE.format(function))
            return
        self.callers.show_tree(callers)
        self.callees.show_tree(callees)
        self._say(callees, profile, function)

    def _trees(self, profile: StackProfile, function: str) -> tuple[CallTree, CallTree]:
        from core.recording.questions import transform
        from core.recording.questions.call_tree import CallTree

        weight, base = self.model.weight, self.model.shown_base
        made = []
        for cut, inverted in ((transform.callers, True), (transform.callees, False)):
            other = cut(base, function) if base is not None else None
            tree = CallTree.of(cut(profile, function), weight, other, inverted=inverted)
            made.append(tree.rooted)
        return made[0], made[1]

    def _say(self, callees: CallTree, profile: StackProfile, function: str) -> None:
        weight = self.model.weight
        total, own = callees.whole, int(callees.self_weight[0])
        module = module_text(callees.module_of(0))
        self.title.set_text(
            f"{function}  {module}: {weight_text(weight, total)} with all it calls, "
            f"{share_text(total, profile.total(weight))} of all; "
            f"{weight_text(weight, own)} in itself"
        )
        self.setAccessibleDescription(self.title.whole)

    def _show_nothing(self, text: str) -> None:
        for canvas in (self.callers, self.callees):
            canvas.show_tree(None)
        self.callers.empty_text, self.callees.empty_text = text, ""
        self.title.set_text("")
        self.setAccessibleDescription(text)

    def _take_look(self) -> None:
        model = self.model
        for canvas, upward in ((self.callers, True), (self.callees, False)):
            canvas.set_look(model.colouring, upward=upward, normalised=model.normalised)

    def _take_search(self) -> None:
        for canvas in (self.callers, self.callees):
            canvas.look_for(self.model.search)

    def _asker(self, canvas: FlameCanvas) -> Callable[[int, QPoint], None]:
        def ask(node: int, where: QPoint) -> None:
            if canvas.tree is not None:
                self.menu_asked.emit(canvas.tree.name_of(node), where)

        return ask

    def _goer(self, canvas: FlameCanvas) -> Callable[[int], None]:
        def go(node: int) -> None:
            if canvas.tree is not None:
                self.model.select_function(canvas.tree.name_of(node))

        return go

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        frame = metrics.frame()
        pad = frame.px(8)
        self.title.setFont(frame.ui(bold=True))
        self.title.setContentsMargins(pad, frame.px(6), pad, frame.px(6))
        for caption in self._captions:
            caption.setFont(frame.ui("caption"))
            caption.setContentsMargins(pad, frame.px(2), pad, frame.px(2))
            caption.setStyleSheet(f"color: {theme.muted}; background: {theme.window}")
