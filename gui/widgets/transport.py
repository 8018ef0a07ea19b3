"""The transport: play, move by an event or a call, jump to markers, and say where one is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QColor,
    QFocusEvent,
    QFont,
    QIcon,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyleOptionToolButton,
    QToolButton,
    QWidget,
)

from gui.geometry.scrubber import large_step, parse_position
from gui.icons import icon, pixmap
from gui.playback import EVENTS_A_SECOND, SPEEDS

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


def bind_playback(registry: ActionRegistry, session: Session, playback: Playback) -> None:
    """Carry out every command that plays or moves, and show what is on."""
    moves = _moves(session, playback)
    for command, move in moves.items():
        registry.connect(command, move)
    registry.connect("speed.slower", playback.slower)
    registry.connect("speed.faster", playback.faster)
    registry.connect("view.essential", session.set_essential_only)

    def show_playing(playing: bool) -> None:
        registry.set_icon("play.toggle", "pause" if playing else "play")

    def show_speed(speed: float) -> None:
        registry.set_enabled("speed.slower", speed > SPEEDS[0])
        registry.set_enabled("speed.faster", speed < SPEEDS[-1])

    def show_trace() -> None:
        for command in moves:
            registry.set_enabled(command, session.trace is not None)

    playback.playing_changed.connect(show_playing)
    playback.speed_changed.connect(show_speed)
    session.trace_changed.connect(show_trace)
    session.essential_changed.connect(lambda on: registry.set_checked("view.essential", on))
    show_trace()
    show_speed(playback.speed)
    show_playing(playback.playing)
    registry.set_checked("view.essential", session.essential_only)


def _moves(session: Session, playback: Playback) -> dict[str, Callable[[], object]]:
    """Return what each command that moves does.

    Looking closely (an event, a call at a time) pauses; jumping elsewhere plays on from there.
    """

    def closely(move: Callable[[], object]) -> Callable[[], None]:
        def obey() -> None:
            playback.pause()
            move()

        return obey

    moves: dict[str, Callable[[], object]] = {
        "play.toggle": playback.toggle,
        "play.back": closely(lambda: session.step(-1)),
        "play.forward": closely(lambda: session.step(1)),
        "play.back_large": lambda: session.step(-_large_step(session)),
        "play.forward_large": lambda: session.step(_large_step(session)),
        "play.start": lambda: session.seek(-1),
        "play.end": lambda: session.seek(len(session.trace or ()) - 1),
        "marker.previous": session.previous_marker,
        "marker.next": session.next_marker,
    }
    for name in ("in", "over", "out"):
        moves[f"step.{name}"] = closely(getattr(session, f"step_{name}"))
        moves[f"step.{name}_back"] = closely(getattr(session, f"step_{name}_back"))
    for tenths in range(10):
        moves[f"jump.{tenths}"] = partial(session.seek_fraction, tenths)
    return moves


def pause_while_dragging(playback: Playback) -> Callable[[bool], None]:
    """Return a slot for ``Scrubber.dragging_changed``: the hand moves the cursor, not the clock."""
    was_playing = False

    def obey(dragging: bool) -> None:
        nonlocal was_playing
        if dragging:
            was_playing = playback.playing
            playback.pause()
        elif was_playing:
            was_playing = False
            playback.play()

    return obey


def _large_step(session: Session) -> int:
    if session.trace is None:
        return 1
    if session.essential_only:
        from core.trace.filters import essential_positions  # noqa: PLC0415  (numpy)

        return large_step(len(essential_positions(session.trace)))
    return large_step(len(session.trace))


def speed_label(speed: float) -> str:
    """Return a speed as people say it: 1×."""
    return f"{speed:,g}×"


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


class PositionField(QStackedWidget):
    """The position, as 36 / 116; a click or Enter lets one type another.

    Args:
        session: Whose position it shows.
        themes: The theme in force.
    """

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.label = _Readout(themes)
        self.field = _Typed()
        self.addWidget(self.label)
        self.addWidget(self.field)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.label.clicked.connect(self.edit)
        self.field.returnPressed.connect(self._go)
        self.field.textEdited.connect(lambda: self._mark(wrong=False))
        self.field.left.connect(self.show_position)
        session.trace_changed.connect(self._resized)
        session.position_changed.connect(self._show_label)
        themes.changed.connect(self._resized)
        self._resized()

    @property
    def editing(self) -> bool:
        """Whether the user is typing."""
        return self.currentWidget() is self.field

    def edit(self) -> None:
        """Let the user type over the number."""
        if self._session.trace is not None:
            self.field.setText(str(self._session.position + 1))
            self._mark(wrong=False)
            self.setCurrentWidget(self.field)
            self.field.selectAll()
            self.field.setFocus()

    def show_position(self) -> None:
        """Stop typing and show where the cursor is."""
        had_focus = self.field.hasFocus()
        self.setCurrentWidget(self.label)
        if had_focus:
            self.label.setFocus()
        self._show_label()

    def _go(self) -> None:
        trace = self._session.trace
        position = parse_position(self.field.text(), len(trace)) if trace is not None else None
        if position is None:
            self._mark(wrong=True)
            return
        self.show_position()
        self._session.seek(position)

    def _mark(self, *, wrong: bool) -> None:
        theme, events = self._themes.theme, len(self._session.trace or ())
        advice = f"A number from 0 to {events:,}, or a percentage such as 50 %"
        self.field.setToolTip(advice)
        self.field.setAccessibleDescription(f"Not a position. {advice}" if wrong else advice)
        self.field.setStyleSheet(
            f"border: 2px solid {theme.danger.colour}; color: {theme.danger.ink}" if wrong else ""
        )

    def _show_label(self) -> None:
        trace = self._session.trace
        at, events = (self._session.position + 1, len(trace)) if trace is not None else (0, 0)
        self.label.show_numbers(f"{at:,}", f"{events:,}")
        self.label.setEnabled(trace is not None)

    def _resized(self) -> None:
        metrics = self._themes.metrics
        font = metrics.frame().mono()
        self.label.setFont(font)
        self.field.setFont(font)
        self.label.widest = f"{len(self._session.trace or ()):,}"
        wide = self.label.sizeHint()
        self.setFixedSize(wide.width(), max(wide.height(), metrics.chrome(30)))
        self.show_position()


class _Readout(QToolButton):
    """Where one is, strong, of how many, muted."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._at, self._of, self.widest = "0", "0", "0"
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip("Click to type a position")

    def show_numbers(self, at: str, of: str) -> None:
        """Show a position."""
        self._at, self._of = at, of
        self.setAccessibleName(f"Event {at} of {of}")
        self.setAccessibleDescription("Press to type a position")
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the largest position, so that nothing jumps."""
        pad, digits = self._themes.metrics.chrome(18), max(6, len(self.widest) * 2 + 3)
        return QSize(
            self.fontMetrics().horizontalAdvance("0") * digits + pad, super().sizeHint().height()
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the button and the two numbers."""
        theme = self._themes.theme
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        wide, events = QRect(self.rect()), f" / {self._of}"
        # Right-aligned to the widest number: the slash stays where it is.
        wide.setLeft(self._themes.metrics.chrome(9))
        wide.setWidth(self.fontMetrics().horizontalAdvance(self.widest))
        middle, strong = Qt.AlignmentFlag.AlignVCenter, QFont(self.font())
        strong.setBold(True)
        with QPainter(self) as painter:
            self.style().drawComplexControl(
                QStyle.ComplexControl.CC_ToolButton, option, painter, self
            )
            painter.setPen(QColor(theme.muted if self.isEnabled() else theme.disabled))
            rest = QRect(wide.right() + 1, 0, self.width() - wide.right(), self.height())
            painter.drawText(rest, middle | Qt.AlignmentFlag.AlignLeft, events)
            painter.setFont(strong)
            painter.setPen(QColor(theme.text if self.isEnabled() else theme.disabled))
            painter.drawText(wide, middle | Qt.AlignmentFlag.AlignRight, self._at)


class _Typed(QLineEdit):
    """The field a position is typed into."""

    left = Signal()
    """The user gave up: Esc, or the focus went elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Position")
        self.setFrame(True)

    def event(self, event: QEvent) -> bool:
        """Keep Esc: it leaves the field and must not cancel a run."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leave when the user goes elsewhere."""
        super().focusOutEvent(event)
        self.left.emit()


class SpeedButton(QToolButton):
    """The speed, and a menu of all of them.

    Args:
        playback: Whose speed.
        registry: Where the keys for slower and faster are.
        themes: The theme in force.
    """

    def __init__(self, playback: Playback, registry: ActionRegistry, themes: ThemeManager) -> None:
        super().__init__()
        self._playback, self._registry, self._themes = playback, registry, themes
        self._group = QActionGroup(self)
        menu = QMenu(self)
        for speed in SPEEDS:
            pace = f"{speed * EVENTS_A_SECOND:,g} events a second"
            action = menu.addAction(f"{speed_label(speed)}\t{pace}")
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, speed=speed: playback.set_speed(speed))
            self._group.addAction(action)
        menu.addSeparator()
        menu.addAction(registry.action("speed.slower"))
        menu.addAction(registry.action("speed.faster"))
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        playback.speed_changed.connect(self._show)
        registry.keys_changed.connect(self._show)
        themes.changed.connect(self._dress)
        self._dress()

    def _show(self) -> None:
        speed = self._playback.speed
        self._group.actions()[SPEEDS.index(speed)].setChecked(True)
        self.setText(speed_label(speed))
        self.setAccessibleName(f"Speed {speed_label(speed)}")
        keys = [
            *self._registry.key_labels("speed.slower"),
            *self._registry.key_labels("speed.faster"),
        ]
        self.setToolTip("Speed" + (f"  ({' '.join(keys)})" if keys else ""))

    def _dress(self) -> None:
        metrics, theme = self._themes.metrics, self._themes.theme
        font = metrics.frame().ui()
        self.setFont(font)
        side, ratio = metrics.chrome(20), self.devicePixelRatioF()
        self.setIconSize(QSize(1, 1) * side)
        self.setIcon(icon("gauge", theme, side, ratio=ratio))
        # As wide as its widest text: nothing beside it moves when the speed changes.
        widest = max(self.fontMetrics().horizontalAdvance(speed_label(speed)) for speed in SPEEDS)
        self.setFixedWidth(widest + side + metrics.chrome(26))
        self._show()
