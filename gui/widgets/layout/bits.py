"""The storage word that a field lies in, bit by bit: as it is, and with the new field.

The bits, names and numbers are placed and painted by what draws the guard's word; here a bit has
no value, only somebody it belongs to.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QSizePolicy,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from gui.widgets.in_sight import InSight
from gui.widgets.layout.bits_paint import WordPicture, bits_of, paint_word, word_picture
from gui.widgets.layout.bits_word import StorageWord, spoken, words_of
from gui.widgets.layout.map_scene import NOTHING_OPEN
from gui.widgets.pointer import draw_pointer
from gui.widgets.word_bits import rect_of
from gui.widgets.wrapped import WrappedLabel

if TYPE_CHECKING:
    from gui.theme import ThemeManager
    from gui.widgets.layout.map_scene import MapSession

NOTHING_SELECTED = "Select a bitfield or a small member to see the word it is stored in"
_LONG, _BREAK = 40, "\u200b"
"""From so many letters on a title may go on in another line after any underscore."""
_GAP_PX = 14
_FEW_RUNS = 2
_BESIDE_PX = 520
"""Least width of a word beside another, with all names."""


class StorageWordView(QWidget):
    """The storage word of the new field, or of the selected member.

    Args:
        session: What is shown; the view hears its signals.
        themes: The theme in force.
        parent: The Qt parent.
    """

    def __init__(
        self, session: MapSession, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._themes = session, themes
        self.title, self.place = WrappedLabel(), WrappedLabel()
        for label in (self.title, self.place):
            label.setTextFormat(Qt.TextFormat.PlainText)
            # The name of a struct, however long, must not push the map open.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.canvas = _Canvas(themes)
        scroll = self._scroll = QScrollArea()
        scroll.installEventFilter(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.canvas)
        scroll.viewport().setAutoFillBackground(False)
        self.canvas.setAutoFillBackground(False)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.title)
        self._column.addWidget(self.place)
        self._column.addWidget(scroll, 1)
        in_sight = InSight(self)
        for changed in (
            session.layout_changed, session.answer_changed, session.member_selected,
            session.pointed_changed,
        ):  # fmt: skip
            in_sight.connect_to(changed, self._take)
        themes.changed.connect(self._dress)
        self._dress()
        self._take()

    @property
    def words(self) -> tuple[StorageWord, ...]:
        """The words that are shown, the one as it is first."""
        return self.canvas.words

    def wanted_height(self, most_px: int) -> int:
        """Return the height at which all is seen at once, with as many names as fit into a height.

        Args:
            most_px: The most height there is.
        """
        self._column.activate()
        around = self.height() - self._scroll.maximumViewportSize().height()
        return around + self.canvas.wanted_height(most_px - around)

    def _take(self) -> None:
        words = words_of(self._session)
        self.canvas.show_words(words, self._session.pointed)
        if self._session.layout is None:
            title, place = "Storage word", f"{NOTHING_OPEN}."
        elif not words:
            title, place = "Storage word", f"{NOTHING_SELECTED}."
        else:
            title, place = words[-1].title, words[-1].place
        self.title.setText(title.replace("_", f"_{_BREAK}") if len(title) > _LONG else title)
        self.place.setText(place)
        self.setAccessibleName(title)
        self.setAccessibleDescription(spoken(words) if words else place)

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(12)
        self._column.setContentsMargins(pad, metrics.px(10), pad, metrics.px(10))
        self._column.setSpacing(metrics.px(2))
        self.title.setFont(metrics.mono("title", bold=True))
        self.place.setFont(metrics.ui("caption"))
        self.place.setStyleSheet(f"color: {theme.muted}")
        self._column.activate()
        self.canvas.set_room(self._scroll.maximumViewportSize())
        self.canvas.lay_out()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the words know how much can be seen at once, without a scroll bar."""
        if event.type() == QEvent.Type.Resize and watched is self._scroll:
            self.canvas.set_room(self._scroll.maximumViewportSize())
        return super().eventFilter(watched, event)


class _Way(NamedTuple):
    """How the words are placed.

    Attributes:
        neighbours: Whether the bits beside the field's own are named.
        least_px: Least width of a word that stands beside the other.
        new_first: Whether the word with the field comes first where one is under the other: where
            not both are seen at once, it is the one that was asked about.
    """

    neighbours: bool
    least_px: int
    new_first: bool = False


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word, where its drawing begins, and where the line over it does."""

    word: StorageWord
    picture: WordPicture
    left: float
    top: float
    caption_top: float


class _Canvas(QWidget):
    """Paints the words: side by side where both are readable so, else one under the other."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.words: tuple[StorageWord, ...] = ()
        self.placed: tuple[_Placed, ...] = ()
        self.pointed: tuple[str, ...] = ()
        self._room = QSize()

    def show_words(self, words: tuple[StorageWord, ...], pointed: tuple[str, ...]) -> None:
        """Show other words, and point at the bits of some members."""
        if (words, pointed) != (self.words, self.pointed):
            self.words, self.pointed = words, pointed
            self.lay_out()

    def set_room(self, room: QSize) -> None:
        """Lay the words out so that they are seen at once in this room, where they can be."""
        if room != self._room:
            self._room = room
            self.lay_out()

    def lay_out(self) -> None:
        """Find places for the words at the width and the scale in force."""
        wide = max(1, self._room.width())
        # Chosen for the room without a scroll bar, or one that is there could keep itself there.
        way = self._way(wide, self._room.height())
        self.placed, _ = self._placed(max(self.width(), 1), way)
        self.setMinimumHeight(round(self._placed(wide, way)[1]))
        self.update()

    def _placed(self, width: int, way: _Way) -> tuple[tuple[_Placed, ...], float]:
        """The words at a width, side by side where each gets so much, and the height they take."""
        metrics = self._themes.metrics
        gap, caption = metrics.px(_GAP_PX), self._caption_px()
        beside = len(self.words) == 2 and width >= 2 * way.least_px + gap
        room = (width - gap) / 2 if beside else width
        words = self.words if beside or not way.new_first else self.words[::-1]
        pictures = [
            word_picture(word, room, metrics, neighbours=way.neighbours, also=self.pointed)
            for word in words
        ]
        # Names of different length over them must not set the bits beside each other apart.
        low = max((picture.bits_top for picture in pictures), default=0.0)
        placed, top, bottom = [], 0.0, 0.0
        for number, (word, picture) in enumerate(zip(words, pictures, strict=True)):
            left = number * (room + gap) if beside else 0.0
            down = low - picture.bits_top if beside else 0.0
            placed.append(_Placed(word, picture, left, top + caption + down, top))
            bottom = max(bottom, top + caption + down + picture.height_px)
            top = 0.0 if beside else bottom + gap
        return tuple(placed), bottom + 1

    def _caption_px(self) -> float:
        metrics = self._themes.metrics
        return QFontMetricsF(metrics.ui("caption", bold=True)).height() + metrics.px(6)

    def wanted_height(self, most_px: int) -> int:
        """Return the height of the words in the form that fits into a height."""
        wide = max(1, self._room.width())
        return math.ceil(self._placed(wide, self._way(wide, most_px))[1])

    def _way(self, width: int, most_px: float) -> _Way:
        """Choose how to place the words in a width so that they are seen at once, if they can."""
        wide = self._themes.metrics.px(_BESIDE_PX)
        # The bits seen at once tell more than the neighbours' names.
        ways = [
            _Way(neighbours=True, least_px=wide),
            _Way(neighbours=False, least_px=wide),
            _Way(neighbours=False, least_px=wide // 2),
        ]
        if all(len(word.bits) <= _FEW_RUNS for word in self.words):
            # Few names have room over a narrow word too.
            ways.insert(0, _Way(neighbours=True, least_px=wide // 2))
        fits = (way for way in ways if self._placed(width, way)[1] <= most_px)
        return next(fits, ways[-1]._replace(new_first=True))

    def caption_of(self, word: StorageWord) -> str:
        """Return what stands over a word: where it is too, where the other one is elsewhere."""
        moved = len({each.byte_offset for each in self.words}) > 1
        return f"{word.caption}, at {word.byte_offset:,}" if moved else word.caption

    def sizeHint(self) -> QSize:
        """Return room for the words."""
        return QSize(self._themes.metrics.px(400), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the bits out for another width."""
        super().resizeEvent(event)
        self.lay_out()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the words."""
        theme, metrics = self._themes.theme, self._themes.metrics
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for placed in self.placed:
                painter.setFont(metrics.ui("caption", bold=True))
                painter.setPen(QColor(theme.text))
                width = placed.picture.width_px
                room = QRectF(placed.left, placed.caption_top, width, self._caption_px())
                painter.drawText(room, Qt.AlignmentFlag.AlignLeft, self.caption_of(placed.word))
                painter.save()
                painter.translate(placed.left, placed.top)
                paint_word(painter, placed.word, placed.picture, theme, metrics)
                painter.restore()
            for place in self.pointed_bits():
                draw_pointer(painter, place, theme, metrics, arrow=False, inside=True)

    def pointed_bits(self) -> list[QRectF]:
        """Return where the bits that are pointed at are, word by word."""
        found = []
        for placed in self.placed:
            for name in self.pointed:
                box = bits_of(placed.word, placed.picture, name)
                if box is not None:
                    found.append(rect_of(box).translated(placed.left, placed.top))
        return found

    def event(self, event: QEvent) -> bool:
        """Tell whose the bit under the mouse is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.tip_at(event.pos().x(), event.pos().y())
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def tip_at(self, x: float, y: float) -> str:
        """Return what is said about a point, empty for nothing."""
        for placed in self.placed:
            bit = placed.picture.bit_at(x - placed.left, y - placed.top)
            if bit >= 0:
                return placed.word.tip(bit)
        return ""
