"""The window's edges: the toolbar, the workspaces, and the page shown before one is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QToolBar, QToolButton, QVBoxLayout, QWidget

from gui.icons import application_icon, icon
from gui.theme import ThemeManager
from gui.widgets.key_caps import caps_width, draw_caps

if TYPE_CHECKING:
    from gui.actions import ActionRegistry


TOOLS = ("file.open", "file.reload", "run.again")
"""At the left. What moves the cursor stands below the stack, with the scrubber."""
LAST_TOOLS = ("theme.toggle", "help.keys")
"""At the right, after the way to every other command."""
_DISPENSABLE = ("run.again", "file.reload", "theme.toggle", "help.keys", "file.open")
"""What is left out where room is short, in this order."""
_NAMED_PX, _UNNAMED_PX = 84, 56
"""Width of the workspaces' bar at 100 %, with names below the icons and without."""


class _FindButton(QToolButton):
    """Looks like a search field, opens the command palette, and shows its keys.

    Attributes:
        compact: Where room is short it is an icon only.
    """

    def __init__(self, themes: ThemeManager, registry: ActionRegistry) -> None:
        super().__init__()
        self._themes, self._registry = themes, registry
        self.setObjectName("findButton")
        self.setText("Find a command")
        self.setToolTip("Find a command by its name")
        self.set_compact(False)
        self.clicked.connect(lambda: registry.run("help.palette"))

    def set_compact(self, compact: bool) -> None:
        """Show the icon only, or the text and the keys as well."""
        self.compact = compact
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(
            style.ToolButtonIconOnly if compact else style.ToolButtonTextBesideIcon
        )
        self.updateGeometry()

    def _keys(self) -> str:
        labels = [] if self.compact else self._registry.key_labels("help.palette")
        return labels[0] if labels else ""

    def keys_width(self) -> int:
        """Return the room for the keys, with the space before them."""
        metrics = self._themes.metrics.frame()
        return caps_width(self._keys(), metrics) + metrics.px(20) if self._keys() else 0

    def sizeHint(self) -> QSize:
        """Return room for the text and the keys."""
        return super().sizeHint() + QSize(self.keys_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, and the keys at its right."""
        super().paintEvent(event)
        if keys := self._keys():
            metrics = self._themes.metrics.frame()
            left = self.width() - metrics.px(7) - caps_width(keys, metrics)
            with QPainter(self) as painter:
                start = QPoint(left, self.height() // 2)
                draw_caps(painter, start, keys, self._themes.theme, metrics)


class TopBar(QToolBar):
    """Files at the left, the way to every other command at the right; stands beside the menus."""

    def __init__(self, themes: ThemeManager, registry: ActionRegistry) -> None:
        super().__init__("Toolbar")
        self._themes, self._registry = themes, registry
        self._room_px = 0
        self._widths = [0]
        self.setObjectName("toolBar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._find = _FindButton(themes, registry)
        self._find_action = self.addWidget(self._find)
        self._rule = self.addSeparator()
        registry.keys_changed.connect(self.dress)

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        metrics, theme = self._themes.metrics, self._themes.theme
        self.setIconSize(QSize(1, 1) * metrics.chrome(20))
        ratio = self.devicePixelRatioF()
        self._find.setIcon(
            icon("search", theme, metrics.chrome(20), colour=theme.muted, ratio=ratio)
        )
        self._measure()
        self.fit(self._room_px)

    def fit(self, room_px: int) -> None:
        """Save room where there is too little: menus and keys have what is left out here.

        Args:
            room_px: The width there is; 0 where it is not known.
        """
        self._room_px = room_px
        fitting = [n for n, width in enumerate(self._widths) if width <= room_px or not room_px]
        self._save(fitting[0] if fitting else len(self._widths) - 1)

    @property
    def least_width(self) -> int:
        """The width of what is never left out."""
        return self._widths[-1]

    def _measure(self) -> None:
        """Find out how wide the toolbar is with more and more left out."""
        self._widths = []
        for saved in range(len(_DISPENSABLE) + 2):
            self._save(saved)
            self._widths.append(self.sizeHint().width())

    def _save(self, saved: int) -> None:
        """Make the search field an icon, then leave out one tool after the other."""
        self._find.set_compact(saved > 0)
        gone = _DISPENSABLE[: max(0, saved - 1)]
        kept = [name for name in TOOLS if name not in gone]
        wanted = [self._registry.action(name) for name in kept]
        wanted += [self._rule] if kept else []
        wanted += [self._find_action]
        wanted += [self._registry.action(name) for name in LAST_TOOLS if name not in gone]
        if wanted != self.actions():
            # An action that is hidden is gone from the menus too, and its keys with it.
            for action in self.actions():
                self.removeAction(action)
            self.addActions(wanted)
        # The toolbar hears only later that its field has another size.
        layout = self.layout()
        if layout is not None:
            layout.invalidate()


class WorkspaceBar(QFrame):
    """The workspaces, an icon above a name each.

    Args:
        themes: The theme in force.
        parent: The Qt parent.
    """

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("workspaceBar")
        self._themes = themes
        self._buttons: list[QToolButton] = []
        self._column = QVBoxLayout(self)
        self._column.addStretch(1)
        # Only then do the buttons know how large they are in another style.
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._fit)
        themes.changed.connect(self.dress)
        self.dress()

    @property
    def last_button(self) -> QToolButton | None:
        """The button of the last workspace; None before there is one."""
        return self._buttons[-1] if self._buttons else None

    def add(self, action: QAction) -> QToolButton:
        """Add the button of a workspace's action at the end."""
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self._buttons.append(button)
        self._column.insertWidget(len(self._buttons) - 1, button)
        self.dress()
        return button

    def dress(self) -> None:
        """Take on the scale in force."""
        metrics = self._themes.metrics
        edge = metrics.chrome(6)
        self._column.setContentsMargins(edge, edge + 2, edge, edge)
        self._column.setSpacing(metrics.chrome(4))
        for button in self._buttons:
            button.setIconSize(QSize(1, 1) * metrics.chrome(22))
        self._set_width(named=True)
        self._later.start()

    def _set_width(self, *, named: bool) -> None:
        metrics = self._themes.metrics
        self.setFixedWidth(metrics.chrome(_NAMED_PX if named else _UNNAMED_PX))
        for button in self._buttons:
            button.setFixedWidth(metrics.chrome((_NAMED_PX if named else _UNNAMED_PX) - 12))

    def _fit(self) -> None:
        """Leave the names out where there is no room for all of them; tool tips have them."""
        style = Qt.ToolButtonStyle
        for button in self._buttons:
            button.setToolButtonStyle(style.ToolButtonTextUnderIcon)
        gaps = (
            self._column.spacing() * len(self._buttons) + self._column.contentsMargins().top() * 2
        )
        wanted = sum(button.sizeHint().height() for button in self._buttons) + gaps
        named = wanted <= self.height()
        if not named:
            for button in self._buttons:
                button.setToolButtonStyle(style.ToolButtonIconOnly)
        self._set_width(named=named)

    def minimumSizeHint(self) -> QSize:
        """Return no height: names make room before the window has to grow."""
        return QSize(self.width(), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show names where they fit."""
        super().resizeEvent(event)
        self._later.start()


class Welcome(QWidget):
    """What the window shows where no workspace is: what the program is, and where to begin.

    Args:
        themes: The theme in force.
        registry: Where the commands it offers are.
    """

    def __init__(self, themes: ThemeManager, registry: ActionRegistry) -> None:
        super().__init__()
        self._themes, self._registry = themes, registry
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        themes.changed.connect(self.update)
        registry.keys_changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the icon, the name and the first keys in the middle."""
        theme, metrics = self._themes.theme, self._themes.metrics
        px, middle = metrics.px, self.width() // 2
        top = self.height() // 2 - px(150)
        centred = Qt.AlignmentFlag.AlignCenter
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.surface))
            application_icon().paint(painter, QRect(middle - px(36), top, px(72), px(72)))
            painter.setPen(QColor(theme.text))
            painter.setFont(metrics.ui("heading", bold=True))
            painter.drawText(QRect(0, top + px(84), self.width(), px(32)), centred, "ownerscope")
            painter.setPen(QColor(theme.muted))
            painter.setFont(metrics.ui())
            line = QRect(0, top + px(116), self.width(), px(24))
            painter.drawText(line, centred, "See an allocation recurse into itself")
            for at, command_id in enumerate(("file.open", "help.palette", "help.keys")):
                self._draw_key(painter, middle, top + px(180 + 32 * at), command_id)

    def _draw_key(self, painter: QPainter, middle: int, line: int, command_id: str) -> None:
        px = self._themes.metrics.px
        painter.setPen(QColor(self._themes.theme.muted))
        painter.setFont(self._themes.metrics.ui())
        text = QRect(middle - px(220), line - px(12), px(208), px(24))
        sides = Qt.AlignmentFlag
        painter.drawText(
            text, sides.AlignRight | sides.AlignVCenter, self._registry.action(command_id).text()
        )
        for label in self._registry.key_labels(command_id)[:1]:
            start = QPoint(middle + px(12), line)
            draw_caps(painter, start, label, self._themes.theme, self._themes.metrics)
