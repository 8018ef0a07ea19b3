"""The bar over an exploration: what is explored, how much may happen, and what must hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from gui.icons import icon
from gui.widgets.bar import fill_bar
from gui.widgets.controls import CONTROL_PX, Captioned
from gui.widgets.elided import ElidedLabel
from gui.widgets.explore.properties_button import PropertiesButton
from gui.widgets.explore.setup_menus import SetupMenus
from gui.widgets.explore.words import estimate_words
from gui.widgets.flow import FlowLayout
from gui.widgets.in_sight import InSight
from gui.widgets.number_field import TYPING_MS, NumberField

if TYPE_CHECKING:
    from gui.actions import ActionRegistry
    from gui.explore_session import ExploreSession
    from gui.session import Session
    from gui.settings import Settings
    from gui.theme import ThemeManager

MOST = 9
"""The largest bound that the fields take; long before it nobody would wait."""
BOUNDS = {
    "irqs": ("Interrupts", "How many interrupts may come in one run, at any point of it"),
    "preemptions": (
        "Switches",
        "How often another CPU or task may go on in one run although the running one could",
    ),
    "failures": ("Failures", "How many allocations may fail in one run"),
}
"""The bounds by their name in the question: caption and tip."""
_END_PX = 176
"""Room for the estimate over the button."""
_SET = ("guard", "max_depth", "word")


class ExploreBar(QFrame):
    """The controls of the Explore workspace.

    Args:
        session: The question.
        player: The scenario and what is set about it.
        registry: For the buttons that are commands.
        settings: Where the recent files are kept.
        themes: The theme in force.
        typing_ms: How long typing a bound must have stopped before it counts.
    """

    def __init__(
        self,
        session: ExploreSession,
        player: Session,
        registry: ActionRegistry,
        settings: Settings,
        themes: ThemeManager,
        typing_ms: int = TYPING_MS,
    ) -> None:
        super().__init__()
        self._session, self._themes, self._registry = session, themes, registry
        self.menus = SetupMenus(session, player, settings, themes, self)
        self.fields = {name: NumberField(0, MOST) for name in BOUNDS}
        self.properties = PropertiesButton(session, themes)
        self.start_button, self.stop_button = QPushButton("Explore"), QPushButton("Cancel")
        self.estimate = ElidedLabel()
        self._typing = QTimer(self, singleShot=True, interval=typing_ms)
        self._typing.timeout.connect(self._set_bounds)
        self._build()
        in_sight = InSight(self)
        in_sight.connect_to(session.question_changed, self._show)
        in_sight.connect_to(session.estimate_changed, self._show_estimate)
        session.started.connect(self._show_busy)
        session.progressed.connect(self._show_busy)
        session.ended.connect(self._show_busy)
        in_sight.connect_to(player.source_changed, self._show)
        themes.changed.connect(self._dress)
        self._dress()
        self._show()
        self._show_busy()

    def _build(self) -> None:
        controls, themes = QWidget(), self._themes
        self._parts = {
            "scenario": Captioned("Scenario", self.menus.scenario, themes),
            "guard": Captioned("Guard", self.menus.guard, themes),
            "max_depth": Captioned("Max depth", self.menus.max_depth, themes),
            "word": Captioned("Word", self.menus.word, themes),
            **{name: Captioned(BOUNDS[name][0], self.fields[name], themes) for name in BOUNDS},
            "properties": Captioned("Must hold", self.properties, themes),
        }
        self._end = QWidget()
        self._buttons = QVBoxLayout(self._end)
        self._buttons.setContentsMargins(0, 0, 0, 0)
        for part in (self.estimate, self.start_button, self.stop_button):
            self._buttons.addWidget(part)
        self._flow, self._column = FlowLayout(controls), QVBoxLayout(self)
        # FlowLayout moves its last item to the right edge.
        for widget in (*self._parts.values(), self._end):
            self._flow.addWidget(widget)
        self._column.addWidget(controls)
        self.estimate.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for name, field in self.fields.items():
            field.setAccessibleName(f"At most so many {BOUNDS[name][0].lower()}")
            field.setToolTip(BOUNDS[name][1])
            field.edited.connect(self._typing.start)
            field.editingFinished.connect(self.commit)
        self.start_button.setDefault(True)
        self.start_button.setToolTip(self._registry.action("explore.start").toolTip())
        self.start_button.clicked.connect(lambda: self._registry.run("explore.start"))
        self.stop_button.setAutoDefault(False)
        self.stop_button.setToolTip("Stop, and keep what was found  (Esc)")
        self.stop_button.clicked.connect(self._session.stop)
        self.setAccessibleName("What is explored")

    # -- the bounds -----------------------------------------------------------------------

    def _wrong(self) -> list[str]:
        return [name for name, field in self.fields.items() if not _fits(field.value())]

    def _set_bounds(self) -> None:
        values = {name: field.value() for name, field in self.fields.items()}
        self._show_problems()
        self._session.set_bound(**{name: each for name, each in values.items() if _fits(each)})

    def commit(self) -> bool:
        """Take what was typed a moment ago; False where some of it is no bound."""
        if self._typing.isActive():
            self._typing.stop()
            self._set_bounds()
        return not self._wrong()

    def _show_problems(self) -> None:
        wrong, danger = self._wrong(), self._themes.theme.danger.colour
        for name, field in self.fields.items():
            red = f"NumberField {{ border: 2px solid {danger}; }}" if name in wrong else ""
            field.setStyleSheet(self._field_style + red)
            advice = f"A whole number from 0 to {MOST}"
            field.setToolTip(advice if name in wrong else BOUNDS[name][1])
        self._show_estimate()

    # -- what is shown --------------------------------------------------------------------

    def _show(self) -> None:
        question = self._session.question
        for name, part in self._parts.items():
            part.setEnabled(question is not None or name == "scenario")
        if not self._typing.isActive():
            for name, field in self.fields.items():
                field.show_value(getattr(self._session.bound, name))
            self._show_problems()
        self.menus.show_question()
        for name in _SET:
            self._parts[name].setVisible(self.menus.applies(name))
            changed = question is not None and getattr(question.overrides, name) is not None
            self._parts[name].show_changed(changed)
        self._flow.invalidate()
        self.updateGeometry()

    def _show_estimate(self) -> None:
        wrong = self._wrong()
        if wrong:
            captions = " and ".join(BOUNDS[name][0] for name in wrong)
            self._say(f"{captions}: 0 to {MOST}", wrong=True)
        elif not self._session.properties:
            self._say("Nothing must hold: choose", wrong=True)
        else:
            words = estimate_words(self._session.estimate)
            self._say(words[:1].upper() + words[1:], tip="How long this is likely to take")

    def _say(self, words: str, *, wrong: bool = False, tip: str = "") -> None:
        theme = self._themes.theme
        self.estimate.setStyleSheet(f"color: {theme.danger.ink if wrong else theme.muted}")
        self.estimate.set_text(words, tip if words else "")

    def _show_busy(self) -> None:
        busy, focused = self._session.busy, self.start_button.hasFocus()
        self.start_button.setVisible(not busy)
        self.stop_button.setVisible(busy)
        self.stop_button.setEnabled(not self._session.stopping)
        if busy and focused:
            self.stop_button.setFocus()

    # -- look -----------------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        px, ratio = metrics.px, self.devicePixelRatioF()
        self._column.setContentsMargins(px(14), px(8), px(14), px(8))
        self._column.setSpacing(px(4))
        self._flow.gaps = px(10), px(8)
        inside = px(CONTROL_PX) - 2
        # What the style sheet says of heights counts, whatever the widget was told.
        self._field_style = (
            f"NumberField {{ padding-top: 0; padding-bottom: 0; min-height: {inside}px; "
            f"max-height: {inside}px; }}"
            f"NumberField:focus {{ min-height: {inside - 2}px; max-height: {inside - 2}px; }}"
        )
        for field in self.fields.values():
            field.setFont(metrics.ui())
            field.setMinimumWidth(px(64))
        for button, sign, colour in (
            (self.start_button, "explore", theme.on_accent),
            (self.stop_button, "cancel", theme.text),
        ):
            button.setFont(metrics.ui(bold=button is self.start_button))
            button.setIcon(icon(sign, theme, px(16), colour=colour, ratio=ratio))
            button.setIconSize(QSize(1, 1) * px(16))
            button.setMinimumWidth(px(108))
            button.setStyleSheet(
                "QPushButton { padding-top: 0; padding-bottom: 0; "
                f"min-height: {inside}px; max-height: {inside}px; }} "
                f"QPushButton:focus {{ min-height: {inside - 2}px; max-height: {inside - 2}px; }}"
            )
        for part in self._parts.values():
            part.dress()
        self._buttons.setSpacing(px(2))
        self.estimate.setFont(metrics.ui("caption"))
        self.estimate.setFixedHeight(px(15))
        self._end.setMinimumWidth(px(_END_PX))
        self.menus.show_question()
        self._show_problems()
        self.updateGeometry()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the bar, with a hairline below."""
        fill_bar(self, self._themes.theme)


def _fits(value: int | str) -> TypeGuard[int]:
    return isinstance(value, int) and 0 <= value <= MOST
