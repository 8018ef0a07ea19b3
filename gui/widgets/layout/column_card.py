"""One storage as a column of facts that can be chosen, and the labels beside the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QToolTip, QWidget

from gui.widgets.layout.member_model import plain_tip

if TYPE_CHECKING:
    from gui.geometry.columns import Fact
    from gui.theme import Metrics, ThemeManager

_PAD_PX, _ROW_GAP_PX, _RADIUS_PX = 10, 7, 8
_HEAD_GAP_PX = 4
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(
    Qt.TextFlag.TextWordWrap
)
_FROM_TOP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(
    Qt.TextFlag.TextWordWrap
)
_LEAST_VALUE_PX = 84
"""A value is not broken into pieces narrower than this."""
_BEST, _CHOSEN = "★", "✓"


class Form(NamedTuple):
    """How the columns are arranged.

    Attributes:
        across: Whether they stand side by side; otherwise below each other.
        labels_px: Width of the labels beside all columns; 0 where there are none.
        own_labels_px: Width of labels inside each column; 0 where they stand over the values or
            beside all columns.
        column_px: Width of a column.
    """

    across: bool
    labels_px: int
    own_labels_px: int
    column_px: int


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows that all columns share.

    Attributes:
        head_px: Height of the heads.
        rows: Top and height of each row, counted from the top of the column.
        label_px: How much of a row its label takes, where it stands over the value.
        total_px: Height of a column.
        title_px: Height of the titles.
        named: Whether there is room for the declarations.
    """

    head_px: int
    rows: tuple[tuple[int, int], ...]
    label_px: int
    total_px: int
    title_px: int = 0
    named: bool = True

    @staticmethod
    def of(
        metrics: Metrics,
        form: Form,
        columns: Sequence[tuple[tuple[str, str], Sequence[str]]],
        labels: Sequence[str],
    ) -> Grid:
        """Return the rows of columns.

        Args:
            metrics: The sizes in force.
            form: How the columns are arranged.
            columns: Of each column its title and declaration, and its values.
            labels: The label of each row.
        """
        px, plain, bold = (
            metrics.px,
            QFontMetrics(metrics.ui()),
            QFontMetrics(metrics.ui(bold=True)),
        )
        label_font, code_font = QFontMetrics(metrics.ui("caption")), QFontMetrics(metrics.mono())
        inside = form.column_px - 2 * px(_PAD_PX)
        over = not form.labels_px and not form.own_labels_px
        label_px = label_font.height() if over else 0
        declarations = [declaration for (_, declaration), _ in columns]
        words = [word for declaration in declarations for word in declaration.split()]
        named = max(map(code_font.horizontalAdvance, words), default=0) <= inside
        code_px = max((_height(code_font, each, inside) for each in declarations), default=0)
        title_font = QFontMetrics(metrics.ui("title", bold=True))
        titles = [_height(title_font, f"{_CHOSEN} {title}", inside) for (title, _), _ in columns]
        title_px = max(titles, default=0)
        head_px = title_px + 2 * px(_PAD_PX)
        head_px += px(_HEAD_GAP_PX) + code_px if named else 0
        top, rows = head_px, []
        for at, label in enumerate(labels):
            room = inside - form.own_labels_px
            texts = [values[at] for _, values in columns if values]
            values = [
                _height(bold if text.endswith(_BEST) else plain, text, room) for text in texts
            ]
            beside = form.labels_px or form.own_labels_px
            values.append(_height(label_font, label, beside - px(6)) if beside else 0)
            height = max(values) + label_px + px(_ROW_GAP_PX)
            rows.append((top, height))
            top += height
        return Grid(head_px, tuple(rows), label_px, top + px(_PAD_PX) // 2, title_px, named)


def best_form(metrics: Metrics, room: int, labels: FactLabels, cards: Sequence[ColumnCard]) -> Form:
    """Return the form that fits: labels beside, labels over the values, or one below another."""
    gap, count = metrics.px(6), max(len(cards), 1)
    value_px = max((card.least_width() for card in cards), default=0) + 2 * metrics.px(_PAD_PX)
    labels_px = labels.wanted_width()
    across = (room - labels_px - count * gap) // count
    if across >= value_px:
        return Form(True, labels_px, 0, across)
    across = (room - (count - 1) * gap) // count
    if across >= value_px:
        return Form(True, 0, 0, across)
    own = labels_px if room - labels_px >= value_px else 0
    return Form(False, 0, own, max(room, 1))


def _height(font: QFontMetrics, text: str, width: int) -> int:
    return font.boundingRect(QRect(0, 0, max(width, 1), 10_000), _WRAPPED, text).height()


class FactLabels(QWidget):
    """What the rows are about, beside all columns."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._facts: Sequence[Fact] = ()
        self._grid = Grid(0, (), 0, 0)

    @property
    def texts(self) -> tuple[str, ...]:
        """The labels."""
        return tuple(fact.label for fact in self._facts)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show the labels of these rows."""
        self._facts = facts
        self.update()

    def wanted_width(self) -> int:
        """Return how wide the labels are."""
        font = QFontMetrics(self._themes.metrics.ui("caption"))
        widest = max((font.horizontalAdvance(text) for text in self.texts), default=0)
        return widest + self._themes.metrics.px(10)

    def lay_out(self, form: Form, grid: Grid) -> None:
        """Take on a form and its rows."""
        self._grid = grid
        self.setFixedSize(max(form.labels_px, 1), max(grid.total_px, 1))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the labels."""
        theme, metrics = self._themes.theme, self._themes.metrics
        with QPainter(self) as painter:
            painter.setFont(metrics.ui("caption"))
            painter.setPen(QColor(theme.muted))
            for fact, (top, height) in zip(self._facts, self._grid.rows, strict=False):
                room = QRect(0, top, self.width() - metrics.px(6), height)
                painter.drawText(room, _WRAPPED, fact.label)

    def event(self, event: QEvent) -> bool:
        """Say what a row is about."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = _row_at(self._grid, event.pos().y())
            tip = self._facts[at].tip if at >= 0 else ""
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)


class ColumnCard(QAbstractButton):
    """One storage: its facts, and a way to choose it.

    Args:
        title: What the storage is called.
        themes: The theme in force.
    """

    def __init__(self, title: str, themes: ThemeManager) -> None:
        super().__init__()
        self._themes, self._title, self._declaration = themes, title, ""
        self._facts: Sequence[Fact] = ()
        self._at = 0
        self._form, self._grid = Form(True, 0, 0, 1), Grid(0, (), 0, 0)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(title)
        self.setAccessibleName(title)

    @property
    def texts(self) -> tuple[tuple[str, str], tuple[str, ...]]:
        """Title and declaration, and the values."""
        return (self._title, self._declaration), tuple(map(self._value, self._facts))

    def _value(self, fact: Fact) -> str:
        best = f" {_BEST}" if self._at in fact.best else ""
        return fact.values[self._at] + best

    def show_facts(self, facts: Sequence[Fact], at: int, declaration: str) -> None:
        """Show a column of the comparison.

        Args:
            facts: The rows.
            at: Which column of theirs this is.
            declaration: The field as C declares it.
        """
        self._facts, self._at, self._declaration = facts, at, declaration
        told = [
            f"{fact.label}: {fact.spoken[at]}{', best' if at in fact.best else ''}"
            for fact in facts
        ]
        self.setAccessibleDescription(f"{declaration} {'. '.join(told)}.")
        self.update()

    def least_width(self) -> int:
        """Return the width below which values would be cut or broken badly."""
        metrics = self._themes.metrics
        font = QFontMetrics(metrics.ui(bold=True))
        words = [word for fact in self._facts for word in self._value(fact).split()]
        longest = max((font.horizontalAdvance(word) for word in words), default=0)
        title = QFontMetrics(metrics.ui("title", bold=True))
        head = f"{_CHOSEN} {self._title.partition(' ')[0]}"
        return max(longest, title.horizontalAdvance(head), metrics.px(_LEAST_VALUE_PX))

    def lay_out(self, form: Form, grid: Grid) -> None:
        """Take on a form and its rows."""
        self._form, self._grid = form, grid
        self.setFixedHeight(max(grid.total_px, 1))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the width that the form gives."""
        return QSize(self._form.column_px, max(self._grid.total_px, 1))

    def minimumSizeHint(self) -> QSize:
        """Return a width that never pushes the panel open."""
        return QSize(1, max(self._grid.total_px, 1))

    def event(self, event: QEvent) -> bool:
        """Say what more there is to say about a value."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = _row_at(self._grid, event.pos().y())
            QToolTip.showText(event.globalPos(), self.tip_of(at), self)
            return True
        return super().event(event)

    def tip_of(self, row: int) -> str:
        """Return the tool tip of a row; the first is 0, -1 is the head."""
        if not 0 <= row < len(self._facts):
            return plain_tip(f"Choose {self._declaration or self._title}")
        fact = self._facts[row]
        more = fact.tips[self._at] if fact.tips else ""
        return plain_tip(more or f"{fact.tip}: {fact.spoken[self._at]}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose on Enter as on Space; the arrows go to the neighbours."""
        buttons = self.group().buttons() if self.group() is not None else []
        keys = Qt.Key
        way = {keys.Key_Left: -1, keys.Key_Up: -1, keys.Key_Right: 1, keys.Key_Down: 1}
        if event.key() in (keys.Key_Return, keys.Key_Enter):
            self.click()
        elif event.key() in way and self in buttons:
            at = buttons.index(self) + way[Qt.Key(event.key())]
            if 0 <= at < len(buttons):
                buttons[at].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)

    def nextCheckState(self) -> None:
        """Leave it to the session which column is chosen."""

    # -- painting -------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the card, its head and its values."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_card(painter)
            self._paint_head(painter)
            for fact, (top, height) in zip(self._facts, self._grid.rows, strict=False):
                self._paint_value(painter, fact, top, height)

    def _paint_card(self, painter: QPainter) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        guard = theme.role("guard")
        thick = metrics.px(2) if self.isChecked() or self.hasFocus() else 1
        edge = theme.focus if self.hasFocus() else theme.border
        if self.isChecked() and not self.hasFocus():
            edge = guard.colour
        back = theme.hover if self.underMouse() and not self.isChecked() else theme.window
        painter.setPen(QPen(QColor(edge), thick))
        painter.setBrush(QColor(guard.soft if self.isChecked() else back))
        inside = QRectF(self.rect()).adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2)
        painter.drawRoundedRect(inside, metrics.px(_RADIUS_PX), metrics.px(_RADIUS_PX))

    def _paint_head(self, painter: QPainter) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        px, guard = metrics.px, theme.role("guard")
        pad = px(_PAD_PX)
        line = QRect(pad, pad, self.width() - 2 * pad, self._grid.title_px)
        painter.setFont(metrics.ui("title", bold=True))
        painter.setPen(QColor(guard.ink if self.isChecked() else theme.text))
        mark = f"{_CHOSEN} " if self.isChecked() else ""
        painter.drawText(line, _FROM_TOP, mark + self._title)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawLine(pad, self._grid.head_px - 1, self.width() - pad, self._grid.head_px - 1)
        if not self._grid.named:
            return
        rest = QRect(pad, line.bottom() + px(_HEAD_GAP_PX), line.width(), self._grid.head_px)
        rest.setBottom(self._grid.head_px - pad)
        painter.setFont(metrics.mono())
        painter.setPen(QColor(theme.muted if not self.isChecked() else theme.text))
        painter.drawText(rest, _FROM_TOP, self._declaration)

    def _paint_value(self, painter: QPainter, fact: Fact, top: int, height: int) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        pad, own = metrics.px(_PAD_PX), self._form.own_labels_px
        best = self._at in fact.best
        row = QRect(pad, top, self.width() - 2 * pad, height)
        if self._grid.label_px or own:
            label = QRect(row)
            if own:
                label.setWidth(own - metrics.px(6))
            else:
                label.setTop(top + metrics.px(_ROW_GAP_PX) // 2)
                label.setHeight(self._grid.label_px)
            painter.setFont(metrics.ui("caption"))
            painter.setPen(QColor(theme.muted))
            painter.drawText(label, _WRAPPED, fact.label)
        row.setLeft(pad + own)
        over = self._grid.label_px
        row.setTop(top + over + (metrics.px(_ROW_GAP_PX) // 2 if over else 0))
        painter.setFont(metrics.ui(bold=best))
        painter.setPen(QColor(theme.ok.ink if best else theme.text))
        painter.drawText(row, _FROM_TOP if over else _WRAPPED, self._value(fact))


def _row_at(grid: Grid, y: int) -> int:
    """Return the row at a height, -1 above the first and below the last."""
    tops = enumerate(grid.rows)
    return next((at for at, (top, height) in tops if top <= y < top + height), -1)
