"""What if: the guard, its depth, the kernel and the layout, always at hand above the stack."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from core.errors import ProfileError
from core.guards.catalog import ALTERNATIVES, COUNTING, EITHER_WORD
from core.kernel.profile import arches, kernels, load_profile
from core.layout import library
from core.lesson.covered import WARNINGS
from core.scenario.loader import fill
from gui.covered import ASKED
from gui.icons import icon
from gui.widgets.bar import fill_bar
from gui.widgets.controls import CONTROL_PX, Captioned, MenuButton
from gui.widgets.flow import FlowLayout
from gui.widgets.guard_choice import NO_WORD_TIP, WORD_TIPS, WORDS, WORDS_TOLD, GuardChoice, wrapped
from gui.widgets.in_sight import InSight
from gui.widgets.number_field import TYPING_MS, NumberField
from gui.widgets.progress import ResultChip
from gui.widgets.warning_strip import WarningStrip, capitalised

if TYPE_CHECKING:
    from core.scenario.run import Plan
    from core.scenario.schema import Scenario
    from core.trace.info import RecordingInfo
    from gui.session import Session
    from gui.theme import ThemeManager

DEEPEST = 1_000_000
"""The largest maximum depth a scenario may ask for."""

_BORROWED = " (borrowed)"
_DEPTH_ADVICE = f"maximum depth: a whole number from 1 to {DEEPEST:,}"


class GuardBar(QFrame):
    """The controls that change what the scenario says, and what came of it.

    Every control shows what the plan in force has, wherever that comes from.

    Args:
        session: Whose plan is shown and overridden.
        themes: The theme in force.
        parent: The Qt parent.
        choose_file: Asks for a layout's file; None where the user thinks better of it.
        typing_ms: How long typing a depth must have stopped before it counts.
    """

    def __init__(
        self,
        session: Session,
        themes: ThemeManager,
        parent: QWidget | None = None,
        choose_file: Callable[[], Path | None] | None = None,
        typing_ms: int = TYPING_MS,
    ) -> None:
        super().__init__(parent)
        self._session, self._themes = session, themes
        self._choose_file = choose_file or self._ask_for_file
        self._depth_wrong, self._depth_style = False, ""
        self.guard = GuardChoice(themes, partial(self._set, "guard"))
        self.max_depth = NumberField(1, DEEPEST)
        self.word = MenuButton("Word of bits", themes, self._fill_words)
        self.arch = MenuButton("Architecture", themes, self._fill_arches)
        self.kernel = MenuButton("Kernel version", themes, self._fill_kernels)
        self.layout_button = MenuButton("Layout of task_struct", themes, self._fill_layouts)
        self.reset_button = QToolButton()
        self.recorded = QLabel(wordWrap=False)
        self.result = ResultChip(session, themes)
        self.warnings = WarningStrip(themes)
        self._parts = {
            "guard": Captioned("Guard", self.guard, themes),
            "max_depth": Captioned("Max depth", self.max_depth, themes),
            "word": Captioned("Word", self.word, themes),
            "kernel": Captioned("Kernel", self.kernel, themes),
            "arch": Captioned("Arch", self.arch, themes),
            "layout": Captioned("Layout", self.layout_button, themes),
            "": Captioned("", self.reset_button, themes),
        }
        self._typing = QTimer(self, singleShot=True, interval=typing_ms)
        self._typing.timeout.connect(self._set_depth)
        self._build()
        in_sight = InSight(self)
        in_sight.connect_to(session.source_changed, self._show)
        in_sight.connect_to(session.trace_changed, self._show)
        in_sight.connect_to(session.covered.changed, self._show_warnings)
        themes.changed.connect(self._dress)
        self._dress()
        self._show()

    def _build(self) -> None:
        controls = QWidget()
        self._flow = FlowLayout(controls)
        for part in (self.recorded, *self._parts.values(), self.result):
            self._flow.addWidget(part)
        self._column = QVBoxLayout(self)
        self._column.addWidget(controls)
        self._column.addWidget(self.warnings)
        self.guard.setAccessibleName("Guard")
        self.max_depth.setAccessibleName("Maximum depth")
        self.max_depth.edited.connect(self._typing.start)
        self.max_depth.editingFinished.connect(self._depth_done)
        self.reset_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.reset_button.setToolTip("Reset to scenario")
        self.reset_button.setAccessibleName("Reset to scenario")
        # Its room is always kept: nothing below moves when the first change is made.
        kept = self._parts[""].sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._parts[""].setSizePolicy(kept)
        self.reset_button.clicked.connect(self.reset)

    # -- asking the session ---------------------------------------------------------------

    def _own(self) -> Scenario:
        """Return the scenario as its file and parameters have it, without what is set here."""
        assert self._session.source is not None
        return fill(self._session.source, self._session.settings)

    def _set(self, name: str, value: str | int | None, *_checked: bool) -> None:
        """Override one thing; its own value again is no override."""
        own = self._own()
        theirs: dict[str, str | int] = {
            "guard": own.guard.design, "max_depth": own.guard.max_depth,
            "word": own.guard.word, "kernel": own.kernel.version, "arch": own.kernel.arch,
            "layout": own.kernel.layout,
        }  # fmt: skip
        wanted = None if value == theirs[name] else value
        if wanted != getattr(self._session.overrides, name):
            changes = {name: wanted}
            if name == "guard" and value not in EITHER_WORD:
                changes["word"] = None  # It has no bits that a word could be chosen for.
            self._session.override(**changes)

    def reset(self) -> None:
        """Go back to what the scenario says."""
        self._typing.stop()
        self._session.override(
            guard=None, max_depth=None, word=None, arch=None, kernel=None, layout=None
        )

    def _set_depth(self) -> None:
        value = self.max_depth.value()
        wrong = isinstance(value, str) or value > DEEPEST
        self._show_depth_problem(wrong)
        if not wrong:
            self._set("max_depth", value)

    def _depth_done(self) -> None:
        if self._typing.isActive():
            self._typing.stop()
            self._set_depth()
        elif self._depth_wrong:
            self._show()

    def _show_depth_problem(self, wrong: bool) -> None:
        self._depth_wrong = wrong
        danger = self._themes.theme.danger.colour
        red = f"NumberField {{ border: 2px solid {danger}; }}" if wrong else ""
        if self.max_depth.styleSheet() != self._depth_style + red:
            self.max_depth.setStyleSheet(self._depth_style + red)
        self.max_depth.setToolTip(capitalised(_DEPTH_ADVICE) if wrong else self._depth_tip())
        self._show_warnings()

    # -- what is shown --------------------------------------------------------------------

    def _show(self) -> None:
        plan = self._session.plan
        recording = self._recording()
        self.recorded.setVisible(recording is not None)
        for part in self._parts.values():
            part.setEnabled(plan is not None)
            part.setVisible(recording is None)
        if plan is not None and plan.scenario.guard.design in ALTERNATIVES:
            # Their name takes its room.
            self._parts["word"].setVisible(False)
        if recording is not None:
            self.recorded.setText(
                f"Recorded by a real kernel: {recording.title}. What ran cannot be changed; "
                "Recordings shows what other guards would have cut."
            )
        if plan is not None:
            self._show_plan(plan)
        self._show_warnings()
        overrides = self._session.overrides
        changed = [name for name in self._parts if name and getattr(overrides, name) is not None]
        for name, part in self._parts.items():
            part.show_changed(name in changed)
        self._parts[""].setVisible(bool(changed) and recording is None)
        self.updateGeometry()

    def _recording(self) -> RecordingInfo | None:
        trace = self._session.trace
        shown = trace is not None and self._session.plan is None
        return trace.info.recording if trace is not None and shown else None

    def _show_warnings(self) -> None:
        """Say what one should know before a run, first what is wrong with what is typed."""
        plan = self._session.plan
        known = plan.warnings if plan is not None else ()
        if known and WARNINGS in self._session.covered:
            known = (f"There is something to know about this run. {ASKED}",)
        self.warnings.show_warnings((*((_DEPTH_ADVICE,) if self._depth_wrong else ()), *known))
        self.updateGeometry()

    def _show_plan(self, plan: Plan) -> None:
        design, kernel = plan.scenario.guard.design, plan.scenario.kernel
        self.guard.show_value(design)
        self.max_depth.setEnabled(design in COUNTING)
        self.word.setEnabled(design in EITHER_WORD)
        word = plan.scenario.guard.word
        self.word.show_value(
            WORDS[word], wrapped(WORD_TIPS[word]) if self.word.isEnabled() else NO_WORD_TIP
        )
        if not self._typing.isActive():
            self.max_depth.show_value(plan.scenario.guard.max_depth)
            self._show_depth_problem(wrong=False)
        self.kernel.show_value(kernel.version, f"Modelled on {plan.profile.tree}")
        self.arch.show_value(kernel.arch, f"{plan.profile.thread_bytes:,} bytes of stack")
        layout = plan.layout
        tip = f"task_struct has {layout.struct.size_bytes:,} bytes here"
        if layout.borrowed_for:
            tip += f"\nBorrowed: there is no layout of {layout.borrowed_for}"
        self.layout_button.show_value(layout.label, tip)
        # Told over the value, where there is room: the bar stays one row on a small screen.
        self._parts["layout"].show_caption(f"Layout{_BORROWED if layout.borrowed_for else ''}")

    def _depth_tip(self) -> str:
        plan = self._session.plan
        if plan is not None and plan.scenario.guard.design not in COUNTING:
            return "Only a guard that counts has a maximum depth"
        return "How many saves of a task may be under way at once"

    # -- menus ----------------------------------------------------------------------------

    def _entry(self, menu: QMenu, name: str, value: str | None, text: str, chosen: bool) -> QAction:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(chosen)
        # Later: the menu is still on the screen now, and the answer may be a message.
        action.triggered.connect(
            lambda: QTimer.singleShot(0, self, partial(self._set, name, value))
        )
        return action

    def _fill_words(self, menu: QMenu) -> None:
        plan = self._session.plan
        for word, told in WORDS_TOLD.items():
            here = plan is not None and plan.scenario.guard.word == word
            self._entry(menu, "word", word, told, here).setToolTip(wrapped(WORD_TIPS[word]))

    def _fill_kernels(self, menu: QMenu) -> None:
        plan = self._session.plan
        for version in kernels():
            here = plan is not None and plan.scenario.kernel.version == version
            self._entry(menu, "kernel", version, version, here)

    def _fill_arches(self, menu: QMenu) -> None:
        plan = self._session.plan
        if plan is None:
            return
        kernel = plan.scenario.kernel
        for arch in dict.fromkeys(arch for version in kernels() for arch in arches(version)):
            action = self._entry(menu, "arch", arch, arch, arch == kernel.arch)
            try:
                load_profile(kernel.version, arch)
            except ProfileError as error:
                action.setEnabled(False)
                named = error.problem.startswith(arch)
                action.setText(error.problem if named else f"{arch}: {error.problem}")
                action.setToolTip(error.problem)

    def _fill_layouts(self, menu: QMenu) -> None:
        plan = self._session.plan
        if plan is None:
            return
        own, now = self._own().kernel.layout, plan.scenario.kernel.layout
        text = "As the scenario has it" if own else "The kernel's own, or a borrowed one"
        self._entry(menu, "layout", own, text, now == own)
        menu.addSeparator()
        for name in library.bundled():
            self._entry(menu, "layout", name, library.find(name).label, now == name)
        menu.addSeparator()
        here = library.THIS_MACHINE
        action = self._entry(menu, "layout", here, "This machine", now == here)
        if not library.THIS_MACHINE_BTF.exists():
            action.setEnabled(False)
            action.setToolTip("The running kernel carries no BTF")
        menu.addAction("From file…").triggered.connect(self._layout_file)

    def _layout_file(self) -> None:
        path = self._choose_file()
        if path is not None:
            self._set("layout", str(path))

    def _ask_for_file(self) -> Path | None:
        kinds = "Layouts (*.json *.btf *.zst vmlinux);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self, "Open a layout", "", kinds)
        return Path(name) if name else None

    # -- look -----------------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        px, ratio = metrics.px, self.devicePixelRatioF()
        self._column.setContentsMargins(px(14), px(8), px(14), px(8))
        self._column.setSpacing(px(8))
        self._flow.gaps = px(8), px(8)
        self.max_depth.setFont(metrics.ui())
        self._depth_style = "NumberField { padding-top: 0; padding-bottom: 0; min-height: 0; }"
        self.max_depth.setStyleSheet(self._depth_style)
        self.max_depth.setMinimumWidth(px(72))
        self.max_depth.setFixedHeight(px(CONTROL_PX))
        self.reset_button.setIcon(icon("undo", theme, px(18), ratio=ratio))
        self.reset_button.setIconSize(QSize(1, 1) * px(18))
        self.reset_button.setMinimumWidth(px(CONTROL_PX))
        self.reset_button.setFixedHeight(px(CONTROL_PX))
        for part in self._parts.values():
            part.dress()
        self.warnings.dress()
        self.result.dress()
        self.updateGeometry()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the bar, with a hairline below."""
        fill_bar(self, self._themes.theme)
