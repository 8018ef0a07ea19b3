"""How the states and steps of a state space look: a shape and a colour, a dash and a colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

from gui.widgets.explore.words import ENDED_BADLY, ENDED_WELL, GOES_ON, SEEN

if TYPE_CHECKING:
    from gui.theme import Theme

SWITCH, INTERRUPT, FAIL, GO_ON = "switch", "interrupt", "fail", "go_on"
KINDS = {
    "go_on": GO_ON,
    "cpu": SWITCH,
    "preempt": SWITCH,
    "migrate": SWITCH,
    "interrupt": INTERRUPT,
    "fail": FAIL,
}
"""What a way is drawn as."""
STEP_WORDS = {GO_ON: "goes on", SWITCH: "switch", INTERRUPT: "interrupt", FAIL: "failure"}
STATE_WORDS = {GOES_ON: "still running", ENDED_WELL: "ended well", ENDED_BADLY: "ended badly",
               SEEN: "seen before"}  # fmt: skip
_DASHES = {GO_ON: (), SWITCH: (5.0, 3.0), INTERRUPT: (1.2, 2.2), FAIL: (6.0, 2.0, 1.2, 2.0)}
_GROWTH = {GOES_ON: 0.72, ENDED_WELL: 0.95, ENDED_BADLY: 1.35, SEEN: 0.8}
"""How large each is drawn: what matters is larger."""


def step_colour(theme: Theme, kind: str) -> str:
    """Return the colour of a kind of step."""
    return {
        SWITCH: theme.accent_ink,
        INTERRUPT: theme.role("interrupt").ink,
        FAIL: theme.warning.ink,
    }.get(kind, theme.outline)


def step_pen(theme: Theme, kind: str, wide: float) -> QPen:
    """Return the pen of a kind of step; a step that merely goes on is thin."""
    pen = QPen(QColor(step_colour(theme, kind)), wide if kind != GO_ON else wide * 0.6)
    if _DASHES[kind]:
        pen.setDashPattern(list(_DASHES[kind]))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def state_colour(theme: Theme, outcome: str) -> str:
    """Return the colour of a state."""
    return {ENDED_WELL: theme.ok.colour, ENDED_BADLY: theme.danger.colour}.get(
        outcome, theme.outline
    )


def grown(outcome: str, radius: float) -> float:
    """Return how large a state is drawn, in pixels, where states may have ``radius``."""
    return max(1.0, radius * _GROWTH[outcome])


def shape(outcome: str, radius: float) -> QPainterPath:
    """Return a state's shape around the origin: circle, square, star or triangle."""
    path = QPainterPath()
    if outcome == ENDED_WELL:
        path.addRect(-radius, -radius, 2 * radius, 2 * radius)
    elif outcome == ENDED_BADLY:
        path.addPolygon(_diamond(radius * 1.15))
        path.closeSubpath()
    elif outcome == SEEN:
        path.moveTo(-radius, -radius)
        path.lineTo(radius * 1.1, 0)
        path.lineTo(-radius, radius)
        path.closeSubpath()
    else:
        path.addEllipse(QPointF(0, 0), radius, radius)
    return path


def _diamond(radius: float) -> list[QPointF]:
    return [QPointF(0, -radius), QPointF(radius, 0), QPointF(0, radius), QPointF(-radius, 0)]


def draw_state(
    painter: QPainter, theme: Theme, outcome: str, x: float, y: float, radius: float
) -> None:
    """Draw one state."""
    own = grown(outcome, radius)
    painter.save()
    painter.translate(x, y)
    colour = QColor(state_colour(theme, outcome))
    hollow = outcome in (SEEN, GOES_ON)
    painter.setBrush(QBrush(QColor(theme.surface) if hollow else colour))
    painter.setPen(QPen(colour, max(1.0, own * 0.22)))
    painter.drawPath(shape(outcome, own))
    if outcome == ENDED_BADLY and own > 4:
        painter.setPen(QPen(QColor(theme.danger.on_colour), max(1.0, own * 0.2)))
        arm = own * 0.36
        painter.drawLine(QPointF(-arm, -arm), QPointF(arm, arm))
        painter.drawLine(QPointF(-arm, arm), QPointF(arm, -arm))
    painter.restore()
