"""What shapes and lines of the picture mean, in as many rows as it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.widgets.explore.graph_style import (
    KINDS,
    STATE_WORDS,
    STEP_WORDS,
    draw_state,
    step_pen,
)
from gui.widgets.flow import flow_rows

if TYPE_CHECKING:
    from gui.theme import Metrics, Theme, ThemeManager
    from gui.widgets.explore.graph_paint import Scene

_ROW_PX, _SIGN_PX, _GAP_PX, _PAD_PX = 22, 30, 6, 16


class Meaning(NamedTuple):
    """A sign and what it means: a state's outcome, or a kind of step."""

    sign: str
    words: str
    is_step: bool


def meanings_of(scene: Scene) -> list[Meaning]:
    """Return the signs that a picture has, states first."""
    outcomes, ways = set(scene.outcomes), {KINDS.get(edge.way, "") for edge in scene.graph.edges}
    return [
        *(Meaning(sign, words, False) for sign, words in STATE_WORDS.items() if sign in outcomes),
        *(Meaning(kind, words, True) for kind, words in STEP_WORDS.items() if kind in ways),
    ]


def draw_meaning(
    painter: QPainter, meaning: Meaning, place: QPointF, theme: Theme, metrics: Metrics
) -> None:
    """Draw a sign and its words; ``place`` is the left end of their middle."""
    px, middle = metrics.px, place.x() + metrics.px(_SIGN_PX) / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if meaning.is_step:
        painter.setPen(step_pen(theme, meaning.sign, px(2)))
        painter.drawLine(place + QPointF(px(2), 0), place + QPointF(px(_SIGN_PX - 2), 0))
    else:
        draw_state(painter, theme, meaning.sign, middle, place.y(), px(5.5))
    painter.setPen(QColor(theme.text))
    painter.setFont(metrics.ui("caption"))
    room = QRectF(
        place.x() + px(_SIGN_PX + _GAP_PX), place.y() - px(_ROW_PX) / 2, 10_000, px(_ROW_PX)
    )
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, meaning.words)


def width_of(meaning: Meaning, metrics: Metrics) -> int:
    """Return how wide a sign and its words are."""
    wide = QFontMetrics(metrics.ui("caption")).horizontalAdvance(meaning.words)
    return metrics.px(_SIGN_PX + _GAP_PX) + wide


class GraphLegend(QWidget):
    """The signs of the picture.

    Args:
        themes: The theme in force.
    """

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.meanings: list[Meaning] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Signs of the picture")
        themes.changed.connect(self.updateGeometry)

    def show_scene(self, scene: Scene | None) -> None:
        """Say what the signs of a picture mean."""
        self.meanings = meanings_of(scene) if scene is not None else []
        self.setVisible(bool(self.meanings))
        self.setAccessibleDescription(", ".join(each.words for each in self.meanings))
        self.updateGeometry()
        self.update()

    def _rows(self, width: int) -> list[list[int]]:
        metrics = self._themes.metrics.frame()
        widths = [width_of(each, metrics) for each in self.meanings]
        return flow_rows(widths, width - 2 * metrics.px(_PAD_PX), metrics.px(_PAD_PX))

    def hasHeightForWidth(self) -> bool:
        """Say that a narrow legend is taller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all rows."""
        px = self._themes.metrics.frame().px
        return max(1, len(self._rows(width))) * px(_ROW_PX) + px(8)

    def sizeHint(self) -> QSize:
        """Return room for what there is."""
        wide = max(self.width(), 1)
        return QSize(wide, self.heightForWidth(wide))

    def minimumSizeHint(self) -> QSize:
        """Return the same height; any width will do."""
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the rows that another width needs."""
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the signs."""
        theme, metrics = self._themes.theme, self._themes.metrics.frame()
        px = metrics.px
        with QPainter(self) as painter:
            y = px(4) + px(_ROW_PX) / 2
            for row in self._rows(self.width()):
                x = float(px(_PAD_PX))
                for at in row:
                    meaning = self.meanings[at]
                    draw_meaning(painter, meaning, QPointF(x, y), theme, metrics)
                    x += width_of(meaning, metrics) + px(_PAD_PX)
                y += px(_ROW_PX)
