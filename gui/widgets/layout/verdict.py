"""The answer to what was asked, before everything else: what the field costs, and how sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gui.geometry.columns import (
    adding,
    count_text,
    each_of,
    landing_text,
    storage_name,
    sureness,
)
from gui.theme import TEXT_PX
from gui.widgets.wrapped import WrappedLabel

if TYPE_CHECKING:
    from core.layout.analysis import Analysis, Answer
    from gui.layout_session import LayoutSession
    from gui.theme import Role, Theme, ThemeManager


class Verdict(NamedTuple):
    """An answer in words.

    Attributes:
        level: How much it costs: ``ok`` (nothing), ``warning`` (sizeof grows, or may), ``danger``
            (a task costs more).
        head: What the field costs.
        detail: How sure that is, where the field lands, and what a task costs.
    """

    level: str
    head: str
    detail: str


def verdict(analysis: Analysis, answer: Answer) -> Verdict:
    """Return what the field that was asked about costs.

    Args:
        analysis: The kernel as it is.
        answer: The answer about the field, in the place that was asked about.
    """
    what_if, growth = answer.what_if, answer.what_if.growth
    name = storage_name(what_if.field.field.asked, what_if.field.field.declaration.rstrip(";"))
    size_bytes = analysis.layout.struct.size_bytes
    adds = adding(name) if growth.exact else f"likely {adding(name)}"
    if growth.best:
        after = what_if.sizeof_after.best
        added = count_text(growth.best, "byte")
        head = f"{name} {adds} {added}: sizeof {size_bytes:,} → {after:,}"
    else:
        head = f"{name} {adds} nothing: sizeof stays {size_bytes:,}"
    sure = sureness(growth).capitalize()
    if not growth.exact:
        sure += f": {growth.min:,} to {growth.max:,} bytes are possible"
    moved = len(what_if.moved)
    moves = "nothing moves" if not moved else f"{count_text(moved, 'member')} move"
    moves += "s" if moved == 1 else ""
    where = f"{landing_text(what_if.field)}, cache line {what_if.field.cache_line:,}"
    return Verdict(
        _level(analysis, answer),
        head,
        f"{sure}. At {where}; {moves}. {_price(analysis, answer)}.",
    )


def _level(analysis: Analysis, answer: Answer) -> str:
    if answer.after.bytes_per_task > analysis.before.bytes_per_task:
        return "danger"
    return "warning" if answer.what_if.growth.max > 0 else "ok"


def _price(analysis: Analysis, answer: Answer) -> str:
    """Return what a task, or an object of another struct, costs with the field."""
    now, after = analysis.before.bytes_per_task, answer.after.bytes_per_task
    most = answer.at_most.bytes_per_task
    each = each_of(analysis)
    text = f"{each[:1].upper()}{each[1:]} costs {count_text(after, 'byte')}"
    text += " as now" if after == now else f" instead of {now:,}"
    return text if most == after else f"{text}, {most:,} at most"


class VerdictView(QWidget):
    """The answer in two lines; not seen where there is none.

    Args:
        session: Whose answer it is.
        themes: The theme in force.
    """

    def __init__(self, session: LayoutSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self._level = "ok"
        self.head, self.detail = WrappedLabel(), WrappedLabel()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for text in (self.head, self.detail):
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            self._column.addWidget(text)
        self.setAccessibleName("What the field costs")
        self.show_answer()
        self.dress()

    def show_answer(self) -> None:
        """Show the answer in force."""
        analysis, answer = self._session.analysis, self._session.priced
        self.setVisible(analysis is not None and answer is not None)
        if analysis is None or answer is None:
            return
        said = verdict(analysis, answer)
        self._level = said.level
        self.head.setText(f"{self._role(self._themes.theme).glyph} {said.head}")
        self.detail.setText(said.detail)
        basis = answer.what_if.basis
        self.detail.setToolTip(f"{basis[:1].upper()}{basis[1:]}")
        self.setAccessibleDescription(f"{said.head}. {said.detail}")
        self.dress()

    def _role(self, theme: Theme) -> Role:
        role: Role = getattr(theme, self._level)
        return role

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        theme, metrics = self._themes.theme, self._themes.metrics
        self._column.setSpacing(metrics.px(2))
        # A label whose text can be selected takes its size from the style sheet only.
        head_px, body_px = metrics.px(TEXT_PX["title"]), metrics.px(TEXT_PX["body"])
        ink = self._role(theme).ink
        self.head.setStyleSheet(f"color: {ink}; font-size: {head_px}px; font-weight: bold")
        self.detail.setStyleSheet(f"color: {theme.text}; font-size: {body_px}px")
