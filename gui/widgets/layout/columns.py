"""The three storages side by side: where each lands, what it moves, and what it costs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.layout.field import GUARD_FIELDS
from gui.geometry.columns import (
    STORAGES,
    assumed_text,
    conclusion,
    facts,
    own_guard_text,
    page_owner_text,
    steps_beyond,
)
from gui.theme import TEXT_PX
from gui.widgets.in_sight import InSight
from gui.widgets.layout.column_card import ColumnCard, FactLabels, Grid, best_form
from gui.widgets.layout.verdict import VerdictView
from gui.widgets.warning_strip import WarningStrip
from gui.widgets.wrapped import WrappedLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.layout.analysis import Analysis, Answer
    from gui.layout_session import LayoutSession
    from gui.theme import ThemeManager

_EMPTY = "Open a kernel to compare the three storages."
_NOTHING = "Nothing can be predicted here."


class StorageColumns(QWidget):
    """The three storages of the patch's review, each where its patch put it.

    Args:
        session: What is compared; a column that is chosen becomes its field.
        themes: The theme in force.
    """

    def __init__(self, session: LayoutSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self._answers: Sequence[Answer] = ()
        self._compared: Analysis | None = None
        self._has_table = True
        self.strip = WarningStrip(themes)
        self.verdict = VerdictView(session, themes)
        self.labels = FactLabels(themes)
        self.cards = {field: ColumnCard(STORAGES[field], themes) for field in GUARD_FIELDS}
        self.sentence, self.elsewhere, self.notes = _text(), _text(), _text()
        self._group = QButtonGroup(self)
        self._build()
        in_sight = InSight(self)
        in_sight.connect_to(session.answer_changed, self._show)
        in_sight.connect_to(session.tasks_changed, self._show_facts)
        themes.changed.connect(self._dress)
        self._show()
        self._dress()

    def _build(self) -> None:
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._column = QVBoxLayout(self)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.addWidget(self.labels)
        self._group.setExclusive(False)
        for field, card in self.cards.items():
            self._group.addButton(card)
            self._row.addWidget(card, 1)
            card.clicked.connect(partial(self._choose, field))
        # The answer stands first, the comparison below it: what is cut off in a low window is
        # what one can do without.
        for part in (self.strip, self.verdict, self.elsewhere, self.sentence):
            self._column.addWidget(part)
        self._column.addLayout(self._row)
        self._column.addWidget(self.notes)
        self._column.addStretch(1)
        self.setAccessibleName("Three storages compared")

    # -- what is shown --------------------------------------------------------------------

    def _show(self) -> None:
        analysis = self._session.analysis
        # Another field changes which column is marked, not what the columns say.
        if analysis is None or analysis is not self._compared:
            self._compared, self._answers = analysis, self._session.comparison()
            self._show_guard()
            self._show_sentence()
        self.verdict.show_answer()
        self._show_facts()
        self._show_choice()

    def _show_facts(self, _tasks: int = 0) -> None:
        analysis = self._session.analysis
        shown = self._has_table and bool(self._answers) and analysis is not None
        self.labels.setVisible(shown)
        for card in self.cards.values():
            card.setVisible(shown)
        if analysis is None or not shown:
            return
        rows = facts(analysis, self._answers, self._session.tasks)
        self.labels.show_facts(rows)
        for at, card in enumerate(self.cards.values()):
            card.show_facts(rows, at, self._answers[at].what_if.field.field.declaration)
        self._arrange()

    def _show_guard(self) -> None:
        from core.errors import OwnerscopeError

        analysis = self._session.analysis
        told: list[str] = []
        if analysis is not None and analysis.has_own_guard:
            try:
                without = analysis.without_own_guard()
            except OwnerscopeError:
                without = None
            told.append(own_guard_text(analysis, without).rstrip("."))
        self.strip.show_warnings(told)

    def _show_sentence(self) -> None:
        from core.layout.analysis import assumptions

        analysis = self._session.analysis
        if analysis is None:
            self.sentence.setText(_EMPTY)
            self.notes.setText("")
            return
        if self._answers:
            self.sentence.setText(conclusion(analysis, self._answers, steps_beyond(analysis)))
        else:
            self.sentence.setText(self._reason(analysis))
        parts = (assumed_text(assumptions(analysis)), page_owner_text(analysis.page_owner))
        self.notes.setText("\n".join(part for part in parts if part))
        self.setAccessibleDescription(self.sentence.text())

    def _reason(self, analysis: Analysis) -> str:
        from core.errors import OwnerscopeError

        try:
            analysis.compare()
        except OwnerscopeError as error:
            return str(error)
        return _NOTHING

    def _show_choice(self) -> None:
        """Mark the column of the field in force."""
        what_if = self._session.answer
        text = self._session.field_text
        declared = what_if.field.field.declaration if what_if is not None else ""
        chosen = ""
        for field, answer in zip(self.cards, self._answers, strict=False):
            same = answer.what_if.field.field.declaration == declared
            if text == field or (text not in self.cards and same):
                chosen = field
        place = self._session.place
        away = bool(self._answers) and bool(what_if) and bool(place)
        for field, card in self.cards.items():
            # Elsewhere the field costs something else than what its column says.
            card.setChecked(field == chosen and not away)
        self.elsewhere.setVisible(away and self._has_table)
        if away:
            where = place.replace(":", " ") if ":" in place else f"at “{place}”"
            self.elsewhere.setText(
                f"The field is put {where} now; below, each storage stands where its patch put it."
            )

    def _choose(self, field: str, _checked: bool = False) -> None:
        """Ask about a storage, in its own place."""
        if self._session.place:
            self._session.set_place("")
        self._session.set_field(field)
        self._show_choice()

    # -- how it looks ---------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(12)
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._column.setSpacing(metrics.px(10))
        self._row.setSpacing(metrics.px(6))
        self.strip.dress()
        self.verdict.dress()
        # A label whose text can be selected takes its size from the style sheet only.
        body_px, caption_px = metrics.px(TEXT_PX["body"]), metrics.px(TEXT_PX["caption"])
        self.sentence.setStyleSheet(f"color: {theme.text}; font-size: {body_px}px")
        for text in (self.elsewhere, self.notes):
            text.setStyleSheet(f"color: {theme.muted}; font-size: {caption_px}px")
        self._arrange()
        for card in self.cards.values():
            card.update()
        self.labels.update()

    def _arrange(self) -> None:
        """Choose a form that the width has room for, and give all columns the same rows."""
        metrics, cards = self._themes.metrics, list(self.cards.values())
        room = self.width() - 2 * metrics.px(12)
        form = best_form(metrics, room, self.labels, cards)
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.LeftToRight if form.across else ways.TopToBottom)
        self.labels.setVisible(self._has_table and bool(self._answers) and form.labels_px > 0)
        grid = Grid.of(metrics, form, [card.texts for card in cards], self.labels.texts)
        self.labels.lay_out(form, grid)
        for card in cards:
            card.lay_out(form, grid)

    def show_parts(self, *, table: bool, sentence: bool, notes: bool) -> None:
        """Leave out what a picture has no room for, the answer never."""
        self._has_table = table
        self.sentence.setVisible(sentence)
        self.notes.setVisible(notes)
        self._show_facts()
        self._show_choice()
        for layout in (self._row, self._column):  # the inner one is not told
            layout.invalidate()

    def wanted_height(self) -> int:
        """Return the height at which all is seen without scrolling, at the width in force."""
        return self._column.totalHeightForWidth(self.width())

    def minimumSizeHint(self) -> QSize:
        """Leave the height to the width: texts as narrow as can be would ask for far too much."""
        return QSize(super().minimumSizeHint().width(), 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._arrange()


def _text() -> WrappedLabel:
    """Return a text that wraps and can be copied."""
    made = WrappedLabel(textFormat=Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return made
