"""The line that adds a stop: what is watched, its value, and a button."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import ScenarioError
from core.trace.stops import BOUNDS, Comparison, Stop, StopKind, parse_stop
from gui.icons import icon
from gui.theme import TEXT_PX
from gui.widgets.number_field import NumberField

if TYPE_CHECKING:
    from gui.session import Session
    from gui.theme import ThemeManager

_FIELD_PX = 72
"""The least width of a value, at 100 %; where there is less, the line becomes two."""

_WIDEST_PX = (1 << 24) - 1
"""Qt's word for any width."""
_COMBO_EDGES_PX = 60
"""What a combo box has beside its words: padding, and the arrow."""


class _Choice(NamedTuple):
    """A kind of stop in the menu: its text, how its number compares, the value to begin with."""

    kind: StopKind
    text: str
    word: str = ""
    comparison: Comparison = ">="
    value: int = 0


CHOICES = (
    _Choice("function", "Function", "function:"),
    _Choice("recursion", "Recursion depth ≥", "recursion", ">=", 2),
    _Choice("guard_value", "Guard value =", "guard", "==", 1),
    _Choice("page_order", "Page order ≥", "order", ">=", 2),
    _Choice("short_circuit", "Any short-circuit"),
    _Choice("owner_lost", "A page loses its owner"),
    _Choice("warning", "Any warning"),
    _Choice("interrupt", "An interrupt comes"),
    _Choice("lost_update", "An update is lost"),
    _Choice("lock_wait", "A task spins on a lock"),
    _Choice("switch", "Another task or CPU"),
)


class _Kinds(QComboBox):
    """A combo box that the wheel passes over unless the user is in it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel unless the user is in the field."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _Number(NumberField):
    """A number whose Enter adds the stop."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter as the wish to add."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class AddStop(QWidget):
    """Adds stops to a session.

    Signals:
        added: A stop was added; carries it.

    Args:
        session: Whose stops, and whose run the functions are completed from.
        themes: The theme in force.
    """

    added = Signal(object)

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.kind = _Kinds()
        self.function = QLineEdit()
        self.numbers: dict[StopKind, _Number] = {
            choice.kind: _Number(*BOUNDS[choice.kind]) for choice in CHOICES if choice.value
        }
        self.button = QPushButton("Add")
        self.problem = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._names = QStringListModel(self)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._values = QStackedWidget()
        self._build()
        session.trace_changed.connect(self._take_trace)
        themes.changed.connect(self.dress)
        self._take_trace()
        self.show_kind("function")
        self.dress()

    def _build(self) -> None:
        for choice in CHOICES:
            self.kind.addItem(choice.text, choice.kind)
        self.kind.setAccessibleName("What to stop at")
        self.kind.currentIndexChanged.connect(self._show_kind)
        self._values.addWidget(self.function)
        for choice in CHOICES:
            if (number := self.numbers.get(choice.kind)) is not None:
                number.show_value(choice.value)
                number.setAccessibleName(choice.text)
                number.edited.connect(self._check)
                number.entered.connect(self.add)
                self._values.addWidget(number)
        self._values.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._build_function()
        self.button.clicked.connect(self.add)
        self.button.setToolTip("Add the stop (Enter)")
        self.problem.setObjectName("problem")
        self._outer, self._line, self._end = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        self._line.addWidget(self.kind, 1)
        self._line.addLayout(self._end, 1)
        self._end.addWidget(self._values, 1)
        self._end.addWidget(self.button)
        self._outer.addLayout(self._line)
        self._outer.addWidget(self.problem)

    def _build_function(self) -> None:
        completer = QCompleter(self._names, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.function.setCompleter(completer)
        self._popup = completer.popup()
        self.function.setObjectName("value")
        self.function.setPlaceholderText("save_stack")
        self.function.setAccessibleName("Function to stop at")
        self.function.setToolTip("A function of the kernel; * stands for any letters")
        self.function.textChanged.connect(self._check)
        self.function.returnPressed.connect(self.add)

    def _take_trace(self) -> None:
        from core.trace.events import Kind

        trace = self._session.trace
        if trace is None:
            return
        called = {site.function for site in trace.sites if site.kind is Kind.CALLED}
        self._names.setStringList(sorted({trace.functions[at].name for at in called}))

    @property
    def choice(self) -> _Choice:
        """The kind that is chosen."""
        return CHOICES[self.kind.currentIndex()]

    def show_kind(self, kind: StopKind) -> None:
        """Choose a kind."""
        self.kind.setCurrentIndex(self.kind.findData(kind))
        self._show_kind()

    def _show_kind(self) -> None:
        kind = self.choice.kind
        editor = self.function if kind == "function" else self.numbers.get(kind)
        self._values.setVisible(editor is not None)
        if editor is not None:
            self._values.setCurrentWidget(editor)
        self._line.setStretch(1, int(editor is not None))
        self._fit_kind()
        self._check()

    def stop(self) -> Stop:
        """Return the stop that is asked for.

        Raises:
            ScenarioError: The name or the number is none.
        """
        choice = self.choice
        if choice.kind == "function":
            return parse_stop(f"{choice.word}{self.function.text().strip()}")
        if choice.kind in self.numbers:
            value = self.numbers[choice.kind].value()
            return parse_stop(f"{choice.word}{choice.comparison}{value}")
        return Stop(choice.kind)

    def _check(self) -> None:
        """Say what is wrong with what is typed; a field that is still empty is not wrong."""
        empty = self.choice.kind == "function" and not self.function.text().strip()
        problem = ""
        try:
            self.stop()
        except ScenarioError as error:
            problem = "" if empty else error.problem.partition(": ")[2] or error.problem
        self.problem.setText(f"✕ {problem[:1].upper()}{problem[1:]}." if problem else "")
        self.problem.setVisible(bool(problem))
        self._style_fields()
        self.button.setEnabled(not empty and not problem)

    def add(self) -> None:
        """Add the stop that is asked for, if it is one."""
        if not self.button.isEnabled():
            return
        stop = self.stop()
        self._session.stops.add(stop)
        self.function.clear()
        self.added.emit(stop)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the value below the kind where both do not fit side by side."""
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """Any width will do that has room for one of the fields and the button."""
        wide = self._themes.metrics.frame().px(_FIELD_PX) + self.button.sizeHint().width()
        return QSize(wide, super().minimumSizeHint().height())

    def _arrange(self) -> None:
        px, kind = self._themes.metrics.frame().px, self.kind.minimumWidth()
        with_value = self._values.isVisibleTo(self)
        needed = kind + self.button.sizeHint().width() + px(6)
        needed += px(_FIELD_PX) + px(6) if with_value else 0
        ways = QBoxLayout.Direction
        way = ways.TopToBottom if self.width() < needed else ways.LeftToRight
        # The value gets what the words of the kind leave over.
        alone = way is ways.TopToBottom or not with_value
        self.kind.setMaximumWidth(_WIDEST_PX if alone else kind)
        if way is not self._line.direction():
            self._line.setDirection(way)
            self.updateGeometry()

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        px = metrics.px
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(px(6))
        self._line.setSpacing(px(6))
        self._end.setSpacing(px(6))
        for part in (self.kind, self.button, *self.numbers.values()):
            part.setFont(metrics.ui())
        for part in filter(None, (self.function, self._popup)):
            part.setFont(metrics.mono())
        self._style_fields()
        self.problem.setStyleSheet(f"font-size: {px(12)}px")
        self.button.setIcon(icon("plus", theme, px(16), ratio=self.devicePixelRatioF()))
        self.button.setIconSize(QSize(1, 1) * px(16))
        for part in (self.function, *self.numbers.values()):
            part.setMinimumWidth(px(_FIELD_PX))
        self._fit_kind()

    def _style_fields(self) -> None:
        """Give the fields their size, and what is wrong an edge that says so."""
        # Qt takes the size of what lies in a field from the style sheet only.
        size = f"* {{ font-size: {self._themes.metrics.frame().px(TEXT_PX['body'])}px }}"
        edge = f"2px solid {self._themes.theme.danger.colour}" if self.problem.text() else ""
        wrong = f" QLineEdit#value, QAbstractSpinBox {{ border: {edge} }}" if edge else ""
        for part in filter(None, (self.kind, self.button, self._popup)):
            part.setStyleSheet(size)
        for field in (self.function, *self.numbers.values()):
            shown = field is self._values.currentWidget()
            field.setStyleSheet(size + (wrong if shown else ""))

    def _fit_kind(self) -> None:
        """Give the kind room for the words that are chosen."""
        metrics = self._themes.metrics
        words = QFontMetrics(metrics.frame().ui()).horizontalAdvance(self.choice.text)
        self.kind.setMinimumWidth(words + metrics.px(_COMBO_EDGES_PX))
        self._arrange()
