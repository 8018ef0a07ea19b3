"""A scenario's declared parameters as a form: every change runs the scenario again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import OwnerscopeError
from core.scenario.loader import Value, checked
from gui.icons import icon
from gui.widgets.in_sight import InSight
from gui.widgets.number_field import TYPING_MS, NumberField

if TYPE_CHECKING:
    from core.scenario.schema import Parameter
    from gui.session import Session
    from gui.theme import ThemeManager


class _Choices(QComboBox):
    """A combo box that the wheel passes over unless the user is in it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel unless the user is in the field."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ParameterRow(QWidget):
    """One parameter: its name, its value, a way back to the default, and what it means.

    Args:
        name: Its name.
        parameter: What the scenario declares.
        themes: The theme in force.
        typing_ms: How long typing must have stopped.
    """

    changed = Signal()
    """The user wants the value that is shown."""

    def __init__(
        self, name: str, parameter: Parameter, themes: ThemeManager, typing_ms: int
    ) -> None:
        super().__init__()
        self.name, self.parameter, self._themes = name, parameter, themes
        self.problem = ""
        self._typing = QTimer(self, singleShot=True, interval=typing_ms)
        self._typing.timeout.connect(self.commit)
        self._name = QLabel(name)
        self._name.setToolTip(f"--set {name}=…")
        self.editor = self._editor()
        self._name.setBuddy(self.editor)
        self.reset_button = QToolButton()
        self.reset_button.setToolTip(f"Back to {_as_text(parameter.default)}")
        self.reset_button.setAccessibleName(f"Reset {name} to {_as_text(parameter.default)}")
        self.reset_button.clicked.connect(self.reset)
        self._about, self._problem = _sentence("hint"), _sentence("problem")
        self._about.setText(" ".join(filter(None, (parameter.about, _bounds(parameter)))))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        self._grid.addWidget(self._name, 0, 0)
        self._grid.addWidget(self.reset_button, 0, 1)
        self._grid.addWidget(self.editor, 0, 2)
        self._grid.addWidget(self._problem, 1, 0, 1, 3)
        self._grid.addWidget(self._about, 2, 0, 1, 3)
        self.editor.setAccessibleName(name)
        self.dress()
        self.show_problem("")

    def _editor(self) -> QWidget:
        parameter, default = self.parameter, self.parameter.default
        if isinstance(default, bool):
            box = QCheckBox()
            box.toggled.connect(lambda on: box.setText(_as_text(on)))
            box.clicked.connect(self.commit)
            return box
        if isinstance(default, int):
            number = NumberField(parameter.minimum, parameter.maximum)
            number.edited.connect(self._typed)
            number.editingFinished.connect(self._done)
            return number
        if parameter.choices:
            choices = _Choices()
            choices.addItems(list(parameter.choices))
            choices.activated.connect(self.commit)
            return choices
        field = QLineEdit()
        field.textEdited.connect(self._typed)
        field.editingFinished.connect(self._done)
        return field

    def value(self) -> Value:
        """Return what the user asks for, right or wrong."""
        editor = self.editor
        if isinstance(editor, QCheckBox):
            return editor.isChecked()
        if isinstance(editor, NumberField):
            return editor.value()
        if isinstance(editor, QComboBox):
            return editor.currentText()
        assert isinstance(editor, QLineEdit)
        return editor.text()

    def show_value(self, value: Value) -> None:
        """Show a value, but never over what is being typed or still wrong."""
        if self.pending or self.problem:
            return
        editor = self.editor
        if isinstance(editor, QCheckBox):
            editor.setChecked(bool(value))
            editor.setText(_as_text(bool(value)))
        elif isinstance(editor, QComboBox):
            editor.setCurrentText(str(value))
        elif isinstance(editor, NumberField):
            editor.show_value(value)
        elif isinstance(editor, QLineEdit):
            editor.setText(str(value))
        self._show_changed()

    def _show_changed(self) -> None:
        changed = self.value() != self.parameter.default
        self.reset_button.setVisible(changed)
        self._name.setText(f"{self.name} •" if changed else self.name)
        self._name.setAccessibleName(f"{self.name}, changed" if changed else self.name)

    @property
    def pending(self) -> bool:
        """Whether something typed has not been asked for yet."""
        return self._typing.isActive()

    def _typed(self) -> None:
        self._show_changed()
        self._typing.start()

    def _done(self) -> None:
        if self.pending:
            self.commit()

    def commit(self) -> None:
        """Ask for the value that is shown, now."""
        self._typing.stop()
        self._show_changed()
        self.changed.emit()

    def reset(self) -> None:
        """Go back to the scenario's own value."""
        self._typing.stop()
        self.show_problem("")
        self.show_value(self.parameter.default)
        self.changed.emit()

    def show_problem(self, problem: str) -> None:
        """Say what is wrong with the value, or that nothing is."""
        self.problem = problem
        self._problem.setText(f"✕ {problem[:1].upper()}{problem[1:]}." if problem else "")
        self._problem.setVisible(bool(problem))
        about = self._about.text()
        self.editor.setAccessibleDescription(f"Not valid: {problem}. {about}" if problem else about)
        danger = self._themes.theme.danger
        self.editor.setStyleSheet(
            f"{type(self.editor).__mro__[0].__name__} {{ border: 2px solid {danger.colour}; }}"
            if problem
            else ""
        )

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        metrics = self._themes.metrics.frame()
        px = metrics.px
        self._grid.setHorizontalSpacing(px(6))
        self._grid.setVerticalSpacing(px(3))
        small = metrics.ui()
        small.setPixelSize(px(12))
        self._name.setFont(metrics.mono(bold=True))
        self.editor.setFont(metrics.ui())
        self.editor.setMinimumWidth(px(124))
        for sentence in (self._about, self._problem):
            sentence.setFont(small)
            sentence.setStyleSheet(f"font-size: {px(12)}px")
        ratio = self.devicePixelRatioF()
        undo = icon("undo", self._themes.theme, px(16), ratio=ratio)
        self.reset_button.setIcon(undo)
        self.reset_button.setIconSize(QSize(1, 1) * px(16))
        self.show_problem(self.problem)


def _sentence(name: str) -> QLabel:
    label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setObjectName(name)
    return label


def _as_text(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:,}" if isinstance(value, int) else value


def _bounds(parameter: Parameter) -> str:
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None:
        return f"{low:,} to {high:,}."
    if low is not None:
        return f"At least {low:,}."
    return f"At most {high:,}." if high is not None else ""


class ParameterForm(QFrame):
    """The parameters of the scenario that is open.

    Args:
        session: Whose parameters, and who runs them.
        themes: The theme in force.
        parent: The Qt parent.
        typing_ms: How long typing must have stopped before the scenario runs again.
    """

    def __init__(
        self,
        session: Session,
        themes: ThemeManager,
        parent: QWidget | None = None,
        typing_ms: int = TYPING_MS,
    ) -> None:
        super().__init__(parent)
        self._session, self._themes, self._typing_ms = session, themes, typing_ms
        self._rows: dict[str, ParameterRow] = {}
        self._made_for: tuple[str, dict[str, Parameter]] | None = None
        self._heading = QLabel("Parameters")
        self._heading.setObjectName("sectionTitle")
        self._nothing = _sentence("hint")
        self._column = QVBoxLayout(self)
        self._column.addWidget(self._heading)
        self._column.addWidget(self._nothing)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        in_sight = InSight(self)
        in_sight.connect_to(session.source_changed, self._show)
        themes.changed.connect(self._dress)
        self._show()
        self._dress()

    def row(self, name: str) -> ParameterRow:
        """Return the row of a parameter."""
        return self._rows[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters shown, in the scenario's order."""
        return tuple(self._rows)

    def _show(self) -> None:
        source = self._session.source
        made_for = (source.where, source.parameters()) if source is not None else ("", {})
        if made_for != self._made_for:
            self._made_for = made_for
            self._rebuild(made_for[1])
        for name, row in self._rows.items():
            row.show_value(self._session.settings.get(name, row.parameter.default))

    def _rebuild(self, parameters: dict[str, Parameter]) -> None:
        for row in self._rows.values():
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = {}
        for name, parameter in parameters.items():
            row = ParameterRow(name, parameter, self._themes, self._typing_ms)
            row.changed.connect(partial(self._set, row))
            self._column.addWidget(row)
            self._rows[name] = row
        self._nothing.setText("" if parameters else "There are no parameters here.")
        self._nothing.setVisible(not parameters)

    def _set(self, row: ParameterRow) -> None:
        said: list[str] = []
        # What is typed stays while the session goes back to the value before.
        row.problem = row.problem or "not taken yet"
        self._session.failed.connect(said.append)
        taken = self._session.set_parameter(row.name, row.value())
        self._session.failed.disconnect(said.append)
        row.show_problem("" if taken else _why(row, said))
        if taken:
            row.show_value(self._session.parameter(row.name))

    def _dress(self) -> None:
        metrics = self._themes.metrics.frame()
        edge = metrics.px(12)
        self._column.setContentsMargins(edge, metrics.px(8), edge, edge)
        self._column.setSpacing(metrics.px(12))
        for label, size in ((self._heading, 11), (self._nothing, 12)):
            label.setStyleSheet(f"font-size: {metrics.px(size)}px")
        for row in self._rows.values():
            row.dress()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the panel."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._themes.theme.window))


def _why(row: ParameterRow, said: list[str]) -> str:
    """Return what is wrong in as few words as there are: the field itself says where."""
    try:
        checked(row.name, row.parameter, row.value())
    except OwnerscopeError as error:
        return error.problem
    return said[-1] if said else "this cannot be run"
