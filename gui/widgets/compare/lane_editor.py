"""What one lane changes about the scenario, in a small window below its chip."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Unpack

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from core.errors import ProfileError
from core.guards.catalog import COUNTING, EITHER_WORD
from core.kernel.profile import arches, kernels, load_profile
from gui.compare_lane import LETTERS
from gui.compare_session import FEWEST
from gui.widgets.controls import CONTROL_PX, Captioned, MenuButton
from gui.widgets.guard_bar import DEEPEST
from gui.widgets.guard_choice import NO_WORD_TIP, WORD_TIPS, WORDS, WORDS_TOLD, GuardChoice, wrapped
from gui.widgets.number_field import TYPING_MS, NumberField

if TYPE_CHECKING:
    from core.compare.lanes import Lane, LaneChanges
    from core.scenario.run import Plan
    from gui.compare_session import CompareSession
    from gui.theme import ThemeManager

_AS_IT_IS = "As the scenario has it"


class LaneEditor(QFrame):
    """Guard, maximum depth, word, kernel and architecture of a lane, and the way to remove it.

    Args:
        session: What is compared.
        number: Which lane.
        themes: The theme in force.
        parent: The chip it belongs to.
    """

    def __init__(
        self, session: CompareSession, number: int, themes: ThemeManager, parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._session, self._number, self._themes = session, number, themes
        self.guard = GuardChoice(themes, self._choose_guard)
        self.max_depth = NumberField(1, DEEPEST)
        self.word = MenuButton("Word of bits", themes, self._fill_words)
        self.kernel = MenuButton("Kernel version", themes, self._fill_kernels)
        self.arch = MenuButton("Architecture", themes, self._fill_arches)
        self.remove_button = QPushButton(f"Remove lane {LETTERS[number]}")
        self._parts = {
            "guard": Captioned("Guard", self.guard, themes),
            "max_depth": Captioned("Maximum depth", self.max_depth, themes),
            "word": Captioned("Word", self.word, themes),
            "kernel": Captioned("Kernel", self.kernel, themes),
            "arch": Captioned("Architecture", self.arch, themes),
        }
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self._set_depth)
        self._build()
        session.lanes_changed.connect(self.refresh)
        session.traces_changed.connect(self.refresh)
        self.dress()
        self.refresh()

    def _build(self) -> None:
        self._column, self._row = QVBoxLayout(self), QHBoxLayout()
        self._column.addWidget(self._parts["guard"])
        for name in ("max_depth", "word", "kernel", "arch"):
            self._row.addWidget(self._parts[name])
        self._row.addStretch(1)
        self._row.addWidget(self.remove_button, 0, Qt.AlignmentFlag.AlignBottom)
        self._column.addLayout(self._row)
        self.guard.setAccessibleName("Guard")
        self.max_depth.setAccessibleName("Maximum depth")
        self.max_depth.edited.connect(self._typing.start)
        self.max_depth.editingFinished.connect(self._depth_done)
        self.remove_button.setAutoDefault(False)
        self.remove_button.clicked.connect(self._remove)
        self.setAccessibleName(f"Lane {LETTERS[self._number]}")

    def open_below(self, chip: QWidget) -> None:
        """Show it below its chip."""
        self.refresh()
        # Not adjustSize: it leaves no more than two thirds of the screen.
        self.resize(self.sizeHint())
        place = chip.mapToGlobal(QPoint(0, chip.height() + 4))
        screen = chip.screen().availableGeometry()
        place.setX(max(screen.left(), min(place.x(), screen.right() - self.width())))
        self.move(place)
        self.show()
        self.guard.chosen_button().setFocus(Qt.FocusReason.TabFocusReason)

    # -- what is shown --------------------------------------------------------------------

    @property
    def _lane(self) -> Lane | None:
        lanes = self._session.lanes
        return lanes[self._number] if self._number < len(lanes) else None

    @property
    def _plan(self) -> Plan | None:
        plans = self._session.plans
        return plans[self._number] if self._number < len(plans) else None

    def refresh(self) -> None:
        """Show what the lane has now."""
        lane, plan = self._lane, self._plan
        if lane is None or plan is None:
            return
        scenario = plan.scenario
        design = lane.guard or scenario.guard.design
        self.guard.show_value(design)
        self.max_depth.setEnabled(design in COUNTING)
        self.word.setEnabled(design in EITHER_WORD)
        word = lane.word or scenario.guard.word
        self.word.show_value(
            WORDS[word], wrapped(WORD_TIPS[word]) if self.word.isEnabled() else NO_WORD_TIP
        )
        if not self._typing.isActive():
            self.max_depth.show_value(lane.max_depth or scenario.guard.max_depth)
        kernel, arch = lane.kernel or scenario.kernel.version, lane.arch or scenario.kernel.arch
        self.kernel.show_value(kernel, _told(lane.kernel))
        self.arch.show_value(arch, _told(lane.arch))
        for name, part in self._parts.items():
            part.show_changed(getattr(lane, name) is not None)
        self.remove_button.setEnabled(len(self._session.lanes) > FEWEST)
        self.remove_button.setToolTip(
            "" if self.remove_button.isEnabled() else "There is nothing to compare with one lane"
        )
        if self.isVisible():
            self.resize(self.size().expandedTo(self.sizeHint()))

    # -- asking ---------------------------------------------------------------------------

    def _choose_guard(self, design: str, *_checked: bool) -> None:
        lane = self._lane
        word = lane.word if lane is not None and design in EITHER_WORD else None
        self._session.change_lane(self._number, guard=design, word=word)
        self.refresh()

    def _set_depth(self) -> None:
        value = self.max_depth.value()
        if isinstance(value, int) and 1 <= value <= DEEPEST:
            self._session.change_lane(self._number, max_depth=value)

    def _depth_done(self) -> None:
        if self._typing.isActive():
            self._typing.stop()
            self._set_depth()
        self.refresh()

    def _remove(self) -> None:
        self.close()
        QTimer.singleShot(0, self._session, partial(self._session.remove_lane, self._number))

    def _fill_words(self, menu: QMenu) -> None:
        lane = self._lane
        if lane is None:
            return
        self._entry(menu, _AS_IT_IS, lane.word is None, partial(self._change, word=None))
        menu.addSeparator()
        for word, told in WORDS_TOLD.items():
            action = self._entry(menu, told, lane.word == word, partial(self._change, word=word))
            action.setToolTip(wrapped(WORD_TIPS[word]))

    def _fill_kernels(self, menu: QMenu) -> None:
        lane = self._lane
        if lane is None:
            return
        self._entry(menu, _AS_IT_IS, lane.kernel is None, partial(self._change, kernel=None))
        menu.addSeparator()
        for version in kernels():
            chosen = lane.kernel == version
            self._entry(menu, version, chosen, partial(self._change, kernel=version))

    def _fill_arches(self, menu: QMenu) -> None:
        lane, plan = self._lane, self._plan
        if lane is None or plan is None:
            return
        kernel = lane.kernel or plan.scenario.kernel.version
        self._entry(menu, _AS_IT_IS, lane.arch is None, partial(self._change, arch=None))
        menu.addSeparator()
        for arch in dict.fromkeys(arch for version in kernels() for arch in arches(version)):
            action = self._entry(menu, arch, lane.arch == arch, partial(self._change, arch=arch))
            try:
                load_profile(kernel, arch)
            except ProfileError as error:
                action.setEnabled(False)
                named = error.problem.startswith(arch)
                action.setText(error.problem if named else f"{arch}: {error.problem}")

    def _change(self, **changes: Unpack[LaneChanges]) -> None:
        self._session.change_lane(self._number, **changes)
        self.refresh()

    def _entry(self, menu: QMenu, text: str, chosen: bool, obey: Callable[[], object]) -> QAction:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(chosen)
        # Later: the menu is still on the screen now, and the answer may be a message.
        action.triggered.connect(lambda: QTimer.singleShot(0, self, obey))
        return action

    # -- look -----------------------------------------------------------------------------

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        metrics = self._themes.metrics.frame()
        px = metrics.px
        self._column.setContentsMargins(px(14), px(10), px(14), px(14))
        self._column.setSpacing(px(10))
        self._row.setSpacing(px(10))
        self.max_depth.setFont(metrics.ui())
        self.max_depth.setStyleSheet(
            "NumberField { padding-top: 0; padding-bottom: 0; min-height: 0; }"
        )
        self.max_depth.setMinimumWidth(px(72))
        self.max_depth.setFixedHeight(px(CONTROL_PX))
        self.remove_button.setFixedHeight(px(CONTROL_PX))
        for part in self._parts.values():
            part.dress()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the card."""
        theme = self._themes.theme
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.raised))
            painter.setPen(QPen(QColor(theme.outline), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


def _told(own: str | None) -> str:
    return "This lane's own" if own else _AS_IT_IS
