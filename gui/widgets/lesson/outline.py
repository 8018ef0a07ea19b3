"""The lessons there are, each with its steps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QKeyEvent
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from core.errors import OwnerscopeError

if TYPE_CHECKING:
    from core.lesson.loader import LessonText
    from gui.settings import Settings
    from gui.theme import ThemeManager

_WHERE, _STEP = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
BUNDLED, OWN = "Lessons", "Your own"


class LessonOutline(QTreeWidget):
    """A tree of lessons and steps.

    Args:
        settings: For the user's own lessons.
        themes: The theme in force.

    Signals:
        chosen: A lesson, or a step of one, is looked at: where it is from, and the step's index.
        start_wanted: The same, wanted to begin.
    """

    chosen = Signal(str, int)
    start_wanted = Signal(str, int)

    def __init__(self, settings: Settings, themes: ThemeManager) -> None:
        super().__init__()
        self._settings, self._themes = settings, themes
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setAccessibleName("Lessons and their steps")
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.problems: dict[str, str] = {}
        self.currentItemChanged.connect(lambda item, _before: self._tell(item))
        self.itemDoubleClicked.connect(lambda item, _column: self._start(item))
        themes.changed.connect(self.dress)
        self.reload()

    def reload(self) -> None:
        """Read all lessons anew; one that cannot be read says why."""
        from core.lesson.loader import bundled

        self.blockSignals(True)
        self.clear()
        self.problems.clear()
        self._add_group(BUNDLED, list(bundled()))
        own = [str(path) for path in self._settings.recent_lessons]
        if own:
            self._add_group(OWN, own)
        self.dress()
        self.blockSignals(False)

    def _add_group(self, title: str, names: list[str]) -> None:
        group = QTreeWidgetItem(self, [title])
        group.setFlags(Qt.ItemFlag.ItemIsEnabled)
        group.setExpanded(True)
        for name in names:
            group.addChild(self._item(name))
            group.setExpanded(True)

    def _item(self, name: str) -> QTreeWidgetItem:
        from core.lesson.loader import open_lesson

        try:
            lesson = open_lesson(name).lesson
        except OwnerscopeError as error:
            self.problems[name] = str(error)
            item = QTreeWidgetItem([f"⚠ {Path(name).stem}"])
            item.setToolTip(0, str(error))
            item.setData(0, _WHERE, name)
            item.setData(0, _STEP, 0)
            return item
        item = QTreeWidgetItem([f"{lesson.title} · {lesson.minutes} min"])
        item.setToolTip(0, lesson.about or lesson.title)
        item.setData(0, _WHERE, name)
        item.setData(0, _STEP, 0)
        for at, step in enumerate(lesson.steps):
            child = QTreeWidgetItem([f"{at + 1:>2}  {step.title}"])
            child.setToolTip(0, step.title)
            child.setData(0, _WHERE, name)
            child.setData(0, _STEP, at)
            item.addChild(child)
        return item

    # -- what is looked at ----------------------------------------------------------------

    def _tell(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and item.data(0, _WHERE):
            self.chosen.emit(item.data(0, _WHERE), item.data(0, _STEP))

    def _start(self, item: QTreeWidgetItem) -> None:
        if item.data(0, _WHERE):
            self.start_wanted.emit(item.data(0, _WHERE), item.data(0, _STEP))

    def show_lesson(self, lesson: LessonText, index: int) -> None:
        """Select a step of a lesson; the other lessons are folded."""
        for item in self._lessons():
            here = item.data(0, _WHERE) == lesson.where
            item.setExpanded(here)
            if here and item.childCount():
                self.blockSignals(True)
                at = min(index, item.childCount() - 1)
                self.setCurrentItem(item.child(at) or item)
                self.blockSignals(False)

    def choose_first(self) -> None:
        """Look at the first lesson there is."""
        first = next(iter(self._lessons()), None)
        if first is not None:
            first.setExpanded(True)
            self.setCurrentItem(first.child(0) or first)

    def _lessons(self) -> list[QTreeWidgetItem]:
        return [
            item
            for at in range(self.topLevelItemCount())
            if (group := self.topLevelItem(at)) is not None
            for number in range(group.childCount())
            if (item := group.child(number)) is not None
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin on Enter."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self._start(item)
        else:
            super().keyPressEvent(event)

    def dress(self) -> None:
        """Take on the scale in force."""
        metrics = self._themes.metrics
        self.setIndentation(metrics.chrome(12))
        for group in (self.topLevelItem(at) for at in range(self.topLevelItemCount())):
            assert group is not None
            self._dress_item(group, metrics.ui("caption", bold=True), 26, muted=True)
        for item in self._lessons():
            self._dress_item(item, metrics.ui(bold=True), 34)
            for step in filter(None, map(item.child, range(item.childCount()))):
                self._dress_item(step, metrics.ui(), 26)

    def _dress_item(
        self, item: QTreeWidgetItem, font: QFont, height_px: int, *, muted: bool = False
    ) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        item.setFont(0, font)
        item.setSizeHint(0, QSize(0, metrics.px(height_px)))
        item.setForeground(0, QBrush(QColor(theme.muted if muted else theme.text)))
