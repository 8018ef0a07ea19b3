"""The transport: play, move by an event or a call, jump to markers, and say where one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from gui.icons import icon, pixmap
from gui.widgets.position_field import PositionField
from gui.widgets.speed_button import SpeedButton

if TYPE_CHECKING:
    from gui.actions import ActionRegistry
    from gui.playback import Playback
    from gui.session import Session
    from gui.theme import Theme, ThemeManager

ENDS = ("play.start", "play.end")
LARGE = ("play.back_large", "play.forward_large")
MARKERS = ("marker.previous", "marker.next")
STEPS = ("step.in", "step.over", "step.out")
STEPS_BACK = ("step.out_back", "step.over_back", "step.in_back")
_MOVES = (
    "play.start", "play.back_large", "play.back", "play.toggle",
    "play.forward", "play.forward_large", "play.end",
)  # fmt: skip


class TransportBar(QFrame):
    """The buttons that move, the position, the speed and which frames count.

    What is needed least goes first when the bar is narrow; every command keeps its key.

    Args:
        session: What is moved in.
        playback: What plays it.
        registry: Where text, icon, tip and key of every button come from.
        themes: The theme in force.
        parent: The Qt parent.
    """

    def __init__(
        self,
        session: Session,
        playback: Playback,
        registry: ActionRegistry,
        themes: ThemeManager,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._registry, self._themes = registry, themes
        self._buttons: dict[str, QToolButton] = {}
        self.position = PositionField(session, themes)
        self.speed = SpeedButton(playback, registry, themes)
        self._rules: list[_Rule] = []
        self._row = QHBoxLayout(self)
        self._row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._build()
        registry.action("play.toggle").changed.connect(self._dress_play)
        # A longer run has longer numbers.
        session.trace_changed.connect(self._fit)
        themes.changed.connect(self._dress)
        self._dress()

    def _build(self) -> None:
        self._row.addWidget(self.position)
        self._row.addStretch(1)
        for group in (STEPS_BACK, _MOVES, STEPS, MARKERS):
            if group is not STEPS_BACK:
                rule = _Rule(self._themes)
                self._rules.append(rule)
                self._row.addWidget(rule)
            for name in group:
                self._row.addWidget(self._button(name))
        self._row.addStretch(1)
        self._row.addWidget(self.speed)
        essential = self._button("view.essential")
        essential.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._row.addWidget(essential)

    def _button(self, name: str) -> QToolButton:
        action = self._registry.action(name)
        # Not the action's own picture: an arrow back is added, or it is light on the accent.
        if name in STEPS_BACK or name == "play.toggle":
            button: QToolButton = _Follower(action)
        else:
            button = QToolButton()
            button.setDefaultAction(action)
        if name == "play.toggle":
            button.setObjectName("playButton")
        button.setAutoRepeat(self._registry.command(name).repeats)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.text())
        self._buttons[name] = button
        return button

    def button(self, name: str) -> QToolButton:
        """Return the button of a command."""
        return self._buttons[name]

    # -- size -----------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return room for everything."""
        return QSize(self._width_without(0), self._row.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return room for what is never hidden."""
        return QSize(self._width_without(len(self._optional())), self._row.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide what there is no room for, the least needed first."""
        super().resizeEvent(event)
        self._fit()

    def _optional(self) -> list[list[QWidget]]:
        """What may go, in this order; an empty first entry: the text beside the eye."""
        at = self._buttons
        return [
            [],
            [at[name] for name in STEPS_BACK],
            [self._rules[0]],
            [at[name] for name in LARGE],
            [at[name] for name in ENDS],
            [self._rules[1], *(at[name] for name in STEPS)],
            [self._rules[2], *(at[name] for name in MARKERS)],
        ]

    def _fit(self) -> None:
        optional = self._optional()
        hidden = 0
        while hidden < len(optional) and self._width_without(hidden) > self.width():
            hidden += 1
        for at, widgets in enumerate(optional):
            for widget in widgets:
                widget.setVisible(at >= hidden)
        style = Qt.ToolButtonStyle
        self._buttons["view.essential"].setToolButtonStyle(
            style.ToolButtonIconOnly if hidden else style.ToolButtonTextBesideIcon
        )

    def _width_without(self, hidden: int) -> int:
        gone = {widget for widgets in self._optional()[:hidden] for widget in widgets}
        shown = [self.position, self.speed, *self._rules, *self._buttons.values()]
        widths = [self._wide(each, hidden) for each in shown if each not in gone]
        edges = self._row.contentsMargins()
        return sum(widths) + self._row.spacing() * (len(widths) + 1) + edges.left() + edges.right()

    def _wide(self, widget: QWidget, hidden: int) -> int:
        if widget is self._buttons["view.essential"]:
            text = widget.fontMetrics().horizontalAdvance("Essential frames only")
            plain = self._buttons["play.forward"].sizeHint().width()
            return plain if hidden else plain + text + self._themes.metrics.chrome(8)
        # The position and the speed have a fixed width.
        return widget.minimumWidth() or widget.sizeHint().width()

    # -- look -----------------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        px, ratio = metrics.chrome, self.devicePixelRatioF()
        self._row.setContentsMargins(px(10), px(2), px(10), px(6))
        self._row.setSpacing(px(2))
        font = metrics.frame().ui()
        for name, button in self._buttons.items():
            button.setIconSize(QSize(1, 1) * px(24 if name == "play.toggle" else 20))
            button.setFont(font)
        for name in STEPS_BACK:
            forward = self._registry.command(name.removesuffix("_back")).icon
            self._buttons[name].setIcon(_backward(forward, theme, px(20), ratio))
        self._dress_play()
        self.updateGeometry()
        self._fit()

    def _dress_play(self) -> None:
        theme, px = self._themes.theme, self._themes.metrics.chrome
        name, ratio = self._registry.icon_name("play.toggle"), self.devicePixelRatioF()
        made = icon(name, theme, px(24), colour=theme.on_accent, ratio=ratio)
        self._buttons["play.toggle"].setIcon(made)


class _Rule(QWidget):
    """A hairline between groups of buttons."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes

    def sizeHint(self) -> QSize:
        """Return a hairline with some air."""
        return QSize(self._themes.metrics.chrome(13), self._themes.metrics.chrome(22))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        inset = self._themes.metrics.chrome(7)
        with QPainter(self) as painter:
            line = QRect(self.width() // 2, inset, 1, self.height() - 2 * inset)
            painter.fillRect(line, QColor(self._themes.theme.border))


class _Follower(QToolButton):
    """A button of an action that has a picture of its own."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())


def _backward(name: str, theme: Theme, side: int, ratio: float) -> QIcon:
    """Return a step's icon as seen in a mirror, with a chevron that points back."""
    made = QIcon()
    for colour, mode in ((theme.text, QIcon.Mode.Normal), (theme.disabled, QIcon.Mode.Disabled)):
        image = QPixmap(QSize(1, 1) * round(side * ratio))
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            unit = side / 24
            pen = QPen(QColor(colour), 2 * unit)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            corners = ((5.5, 8), (1.5, 12), (5.5, 16))
            painter.drawPolyline([QPointF(x * unit, y * unit) for x, y in corners])
            painter.translate(side, 0)
            painter.scale(-1, 1)
            painter.drawPixmap(QRectF(-4 * unit, 0, side, side), pixmap(name, colour, side, ratio),
                               QRectF())  # fmt: skip
        made.addPixmap(image, mode)
    return made
