"""What is compared: a preset, a chip a lane, and which two lanes lie over each other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QToolButton, QVBoxLayout, QWidget

from core.compare.lanes import PRESETS, lane_label, shared_words
from gui.compare_lane import LETTERS
from gui.compare_session import MOST
from gui.icons import icon
from gui.widgets.bar import fill_bar
from gui.widgets.compare.lane_editor import LaneEditor
from gui.widgets.controls import CONTROL_PX, RADIUS_PX, Captioned, MenuButton
from gui.widgets.elided import ElidedLabel
from gui.widgets.flow import FlowLayout
from gui.widgets.in_sight import InSight

if TYPE_CHECKING:
    from gui.compare_session import CompareSession
    from gui.theme import Role, ThemeManager

_OWN_LANES = "Own lanes"
_NO_OVERLAY = "off"
_CHIP_PX = 230
"""A chip is no wider than this at the scale of 1."""
_SHARED_PX = 300
"""Width of what the lanes have in common; the tool tip has all of it."""


class LaneChip(QToolButton):
    """A lane's letter and label; a click opens what it changes about the scenario."""

    def __init__(self, session: CompareSession, number: int, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self.number, self._themes = session, number, themes
        self.side: Role | None = None
        self._editor: LaneEditor | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self.open_editor)

    @property
    def editor(self) -> LaneEditor:
        """What is opened; made when it is first asked for."""
        if self._editor is None:
            self._editor = LaneEditor(self._session, self.number, self._themes, self)
        return self._editor

    def open_editor(self) -> None:
        """Show what the lane changes about the scenario."""
        self.editor.dress()
        self.editor.open_below(self)

    def show_label(self, label: str) -> None:
        """Show what tells the lane apart."""
        self.setText(label)
        self.setToolTip(f"Lane {LETTERS[self.number]}: {label}\nClick to change or remove it")
        self.setAccessibleName(f"Lane {LETTERS[self.number]}: {label}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for letter, label and chevron."""
        metrics = self._themes.metrics.frame()
        wide = QFontMetrics(metrics.ui()).horizontalAdvance(self.text()) + metrics.px(62)
        return QSize(min(wide, metrics.px(_CHIP_PX)), metrics.px(CONTROL_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the chip."""
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        px, focused = metrics.px, self.hasFocus()
        thick = px(2) if focused else 1
        field = QRectF(self.rect()).adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.focus if focused else theme.outline), thick))
            painter.setBrush(QColor(theme.hover if self.underMouse() else theme.surface))
            painter.drawRoundedRect(field, px(RADIUS_PX), px(RADIUS_PX))
            size = px(20)
            badge = QRectF(px(5), (self.height() - size) / 2, size, size)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.side.colour if self.side else theme.text))
            painter.drawRoundedRect(badge, px(5), px(5))
            painter.setFont(metrics.ui("caption", bold=True))
            painter.setPen(QColor(self.side.on_colour if self.side else theme.surface))
            painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), LETTERS[self.number])
            text = QRectF(self.rect()).adjusted(px(32), 0, -px(26), 0)
            painter.setFont(metrics.ui())
            painter.setPen(QColor(theme.text))
            cut = painter.fontMetrics().elidedText(
                self.text(), Qt.TextElideMode.ElideRight, int(text.width())
            )
            painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), cut)
            painter.setPen(QPen(QColor(theme.muted), px(1.5)))
            x, y, half = self.width() - px(15), self.height() / 2 - px(2), px(4)
            painter.drawPolyline([QPointF(x - half, y), QPointF(x, y + half), QPointF(x + half, y)])


class CompareBar(QFrame):
    """The controls of a comparison.

    Args:
        session: What is compared.
        themes: The theme in force.
    """

    pair_changed = Signal(object)
    """Which two lanes lie over each other: two numbers, or None."""

    def __init__(self, session: CompareSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.pair: tuple[int, int] | None = None
        self._to_open: int | None = None
        self.preset = MenuButton("Preset", themes, self._fill_presets)
        self.overlay = MenuButton("Lanes over each other", themes, self._fill_pairs)
        self.add_button = QToolButton()
        # All there can be: those that are not needed are hidden.
        self._all_chips = [LaneChip(session, number, themes) for number in range(MOST)]
        controls = QWidget()
        self._flow = FlowLayout(controls)
        self._parts = [
            Captioned("Compare", self.preset, themes),
            Captioned("Overlay", self.overlay, themes),
        ]
        self._flow.addWidget(self._parts[0])
        self._lanes = [
            Captioned(f"Lane {LETTERS[chip.number]}", chip, themes) for chip in self._all_chips
        ]
        for part in self._lanes:
            self._flow.addWidget(part)
        self.shared = ElidedLabel()
        self._add = Captioned("", self.add_button, themes)
        self._common = Captioned("In all lanes", self.shared, themes)
        self._flow.addWidget(self._add)
        self._flow.addWidget(self._common)
        self._flow.addWidget(self._parts[1])
        self._column = QVBoxLayout(self)
        self._column.addWidget(controls)
        self.add_button.setText("Add lane")
        self.add_button.setToolTip("Compare one more; it begins as a copy of the last one")
        self.add_button.setAccessibleName("Add lane")
        self.add_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.add_button.clicked.connect(self.add_lane)
        in_sight = InSight(self)
        in_sight.connect_to(session.lanes_changed, self._show)
        in_sight.connect_to(session.traces_changed, self._show)
        in_sight.connect_to(session.run_ended, self._open_added)
        themes.changed.connect(self._dress)
        self._dress()
        self._show()

    # -- what is shown --------------------------------------------------------------------

    @property
    def chips(self) -> list[LaneChip]:
        """The chips of the lanes there are."""
        return self._all_chips[: len(self._session.lanes)]

    def _show(self) -> None:
        session, count = self._session, len(self._session.lanes)
        for number, part in enumerate(self._lanes):
            part.setVisible(number < count)
        settled = not session.busy and len(session.labels) == count
        for chip, lane in zip(self.chips, session.lanes, strict=True):
            chip.show_label(session.labels[chip.number] if settled else lane_label(lane))
        chosen = next((p for p in PRESETS if p.lanes == session.lanes), None)
        self.preset.show_value(
            chosen.title if chosen else _OWN_LANES, chosen.about if chosen else "Lanes of your own"
        )
        self.add_button.setEnabled(count < MOST)
        self.shared.set_text(shared_words(session.traces) if session.traces else "")
        if self.pair is not None and max(self.pair) >= count:
            self.set_pair(None)
        self._show_pair()
        self._fit()
        self.updateGeometry()

    def _show_pair(self) -> None:
        theme, pair = self._themes.theme, self.pair
        if pair is None:
            self.overlay.show_value(_NO_OVERLAY, "Lay one lane over another: what only one did")
        else:
            first, second = (LETTERS[number] for number in pair)
            self.overlay.show_value(f"{first} and {second}", "What only one of the two did")
        sides = dict(zip(pair or (), (theme.only_a, theme.only_b), strict=False))
        for chip in self._all_chips:
            chip.side = sides.get(chip.number)
            chip.update()

    def set_pair(self, pair: tuple[int, int] | None) -> None:
        """Lay the second of two lanes over the first, or none over another."""
        if pair != self.pair:
            self.pair = pair
            self._show_pair()
            self.pair_changed.emit(pair)

    def toggle_overlay(self) -> None:
        """Lay the second lane over the first, or take it off."""
        self.set_pair(None if self.pair is not None else (0, 1))

    def add_lane(self) -> None:
        """Add a copy of the last lane, and open it so that one chooses what it is."""
        # A click says whether the button is checked, which is no lane.
        if self._session.add_lane():
            self._to_open = len(self._session.lanes) - 1
            self._open_added()

    def _open_added(self) -> None:
        """Open the lane that was added, once it has run: before that there is nothing to show."""
        number, session = self._to_open, self._session
        if number is None or session.busy:
            return
        self._to_open = None
        if number < len(session.views):
            # Later: its chip gets its place first.
            QTimer.singleShot(0, self, self._all_chips[number].open_editor)

    # -- menus ----------------------------------------------------------------------------

    def _fill_presets(self, menu: QMenu) -> None:
        for preset in PRESETS:
            action = menu.addAction(preset.title)
            action.setToolTip(preset.about)
            action.setCheckable(True)
            action.setChecked(preset.lanes == self._session.lanes)
            obey = partial(self._session.choose_preset, preset.name)
            # Later: the menu is still on the screen now, and the answer may be a message.
            action.triggered.connect(lambda _=False, obey=obey: QTimer.singleShot(0, self, obey))

    def _fill_pairs(self, menu: QMenu) -> None:
        count = len(self._session.lanes)
        pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
        for pair in (None, *pairs):
            text = "Off" if pair is None else f"{LETTERS[pair[0]]} and {LETTERS[pair[1]]}"
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(pair == self.pair)
            action.triggered.connect(lambda _=False, pair=pair: self.set_pair(pair))

    # -- look -----------------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        px = metrics.px
        self._column.setContentsMargins(px(14), px(6), px(14), px(8))
        self._flow.gaps = px(8), px(6)
        self.add_button.setIcon(icon("plus", theme, px(16), ratio=self.devicePixelRatioF()))
        self.add_button.setIconSize(QSize(1, 1) * px(16))
        self.add_button.setFont(metrics.ui())
        self.add_button.setFixedHeight(px(CONTROL_PX))
        self.shared.setFont(metrics.ui())
        self.shared.setStyleSheet(f"color: {theme.muted}")
        self.shared.setFixedHeight(px(CONTROL_PX))
        self.shared.setFixedWidth(px(_SHARED_PX))
        for part in (*self._parts, *self._lanes, self._add, self._common):
            part.dress()
        self._show_pair()
        self._fit()
        self.updateGeometry()
        self.update()

    def _fit(self) -> None:
        """Say what the lanes have in common only where that takes no second row."""
        edges = self._column.contentsMargins()
        room = self.width() - edges.left() - edges.right()
        shown = [self._parts[0], *self._lanes[: len(self.chips)], self._add, self._parts[1]]
        style = Qt.ToolButtonStyle
        for look in (style.ToolButtonTextBesideIcon, style.ToolButtonIconOnly):
            self.add_button.setToolButtonStyle(look)
            wide = sum(part.sizeHint().width() + self._flow.gaps[0] for part in shown)
            if wide <= room:
                break
        self._common.setVisible(wide + self._common.sizeHint().width() <= room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the bar, with a hairline below."""
        fill_bar(self, self._themes.theme)
