"""The machine that a kernel is thought to run on: what its slabs depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui.widgets.controls import CONTROL_PX
from gui.widgets.number_field import TYPING_MS, NumberField

if TYPE_CHECKING:
    from gui.layout_session import LayoutSession
    from gui.theme import ThemeManager

_MOST_CPUS = 65_536
_MOST_STATE_BYTES = 1 << 20


class MachineFields(QWidget):
    """Numbers about the machine, in a row.

    Args:
        session: Whose question they are part of.
        themes: The theme in force.
        typing_ms: How long typing a number must have stopped before it counts.
    """

    def __init__(
        self, session: LayoutSession, themes: ThemeManager, typing_ms: int = TYPING_MS
    ) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.cpus, self.state = NumberField(1, _MOST_CPUS), NumberField(1, _MOST_STATE_BYTES)
        self._state_label = QLabel("Register state")
        self._typing = QTimer(self, singleShot=True, interval=typing_ms)
        self._typing.timeout.connect(self._take)
        self._build()
        session.layout_changed.connect(self._show)
        themes.changed.connect(self._dress)
        self._dress()
        self._show()

    def _build(self) -> None:
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for label, field in ((QLabel("CPUs"), self.cpus), (self._state_label, self.state)):
            self._row.addWidget(label)
            self._row.addWidget(field)
            field.edited.connect(self._typing.start)
            field.editingFinished.connect(self._done)
        self.cpus.setAccessibleName("CPUs")
        self.state.setAccessibleName("Register state in bytes")

    def _take(self) -> None:
        analysis = self._session.analysis
        if analysis is None:
            return
        told = {"cpus": (self.cpus, _MOST_CPUS), "xstate_bytes": (self.state, _MOST_STATE_BYTES)}
        for about, (field, most) in told.items():
            value = field.value()
            if isinstance(value, str) or not 1 <= value <= most:
                self._session.failed.emit(f"{field.accessibleName()}: 1 to {most:,}")
                return
            if value != getattr(analysis.machine, about):
                self._session.say(**{about: value})

    def _done(self) -> None:
        if self._typing.isActive():
            self._typing.stop()
            self._take()
        self._show()

    def _show(self) -> None:
        analysis = self._session.analysis
        self.setEnabled(analysis is not None)
        if analysis is None:
            return
        machine, is_x86 = analysis.machine, analysis.cache.state.applies
        if not self._typing.isActive():
            self.cpus.show_value(machine.cpus)
            self.state.show_value(machine.xstate_bytes)
        for widget in (self._state_label, self.state):
            widget.setVisible(is_x86)
        self.cpus.setToolTip(f"CPUs present: more of them, larger slabs{self._told('cpus')}")
        self.state.setToolTip(
            f"The “context size” of x86's boot message x86/fpu{self._told('xstate_bytes')}"
        )

    def _told(self, about: str) -> str:
        assert self._session.analysis is not None
        return " (assumed)" if about in self._session.analysis.machine.assumed else ""

    def _dress(self) -> None:
        metrics = self._themes.metrics.frame()
        px = metrics.px
        self._row.setSpacing(px(6))
        for label in self.findChildren(QLabel):
            label.setFont(metrics.ui())
        for field, width in ((self.cpus, 66), (self.state, 82)):
            field.setFont(metrics.ui())
            field.setStyleSheet("NumberField { padding-top: 0; padding-bottom: 0; min-height: 0; }")
            field.setFixedSize(px(width), px(CONTROL_PX))
