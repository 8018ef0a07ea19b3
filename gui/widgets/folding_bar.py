"""A bar above a picture that folds to one line where it would take the picture's room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from gui.icons import icon
from gui.widgets.arrange import scrolled

if TYPE_CHECKING:
    from gui.theme import ThemeManager

MOST_SHARE = 0.24
"""Of the workspace's height, for its bar; one that wants more is folded."""
MOST_UNFOLDED = 0.6
"""Of that height, for a bar that is unfolded by hand; what does not fit scrolls."""
LEAST_PX = 64
"""Height of such a bar at 100 %, whatever the rest needs: a row of it."""


class FoldingBar(QFrame):
    """A bar, or a button that unfolds it.

    Args:
        bar: The bar, as wide as this.
        words: What is in it, for the button.
        themes: The theme in force.
        within: The workspace whose height is shared.

    Attributes:
        button: Folds and unfolds; there where room is short only.
    """

    def __init__(self, bar: QWidget, words: str, themes: ThemeManager, within: QWidget) -> None:
        super().__init__()
        self._bar, self._themes, self._within = bar, themes, within
        self._unfolded = False
        self.button = QToolButton()
        self.button.setText(words)
        self.button.setAccessibleName(words)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.toggle)
        self._line = QWidget()
        self._row, column = QHBoxLayout(self._line), QVBoxLayout(self)
        self._row.addWidget(self.button)
        self._row.addStretch(1)
        self._area = scrolled(bar, words)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # The style gives areas that scroll a frame of their own; this one is a part of the window.
        self._area.setStyleSheet("QScrollArea { border: none; border-radius: 0; }")
        column.addWidget(self._line)
        column.addWidget(self._area)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for watched in (within, bar):
            watched.installEventFilter(self)
        themes.changed.connect(self._dress)
        self._dress()

    @property
    def folded(self) -> bool:
        """Whether only the button is there."""
        return self._area.isHidden()

    def toggle(self) -> None:
        """Unfold the bar, or fold it again."""
        self._unfolded = self.folded
        self.fit()

    def unfold(self) -> None:
        """Show the bar: somebody asks for what is in it."""
        self._unfolded = True
        self.fit()
        # When the bar has its place, and the keyboard is in it.
        QTimer.singleShot(0, self, self._show_focused)

    def _show_focused(self) -> None:
        focused = self.window().focusWidget()
        if focused is not None and self._bar.isAncestorOf(focused):
            self._area.ensureWidgetVisible(focused)

    def fit(self) -> None:
        """Fold the bar where it wants more than its share; unfolded by hand it stays so."""
        room = self._within.height()
        wanted = self._bar.heightForWidth(self._within.width())
        wanted = wanted if wanted > 0 else self._bar.sizeHint().height()
        tight = wanted > MOST_SHARE * room
        self._unfolded = self._unfolded and tight
        shown = self._unfolded or not tight
        if not shown and self._bar.isAncestorOf(self.window().focusWidget() or self):
            self.button.setFocus(Qt.FocusReason.OtherFocusReason)
        most = self._most(room) if tight else wanted
        # Where all is there a scroll bar would only take width, and the bar then one more row.
        policy = Qt.ScrollBarPolicy
        scrolls = policy.ScrollBarAsNeeded if wanted > most else policy.ScrollBarAlwaysOff
        self._area.setVerticalScrollBarPolicy(scrolls)
        self._area.setFixedHeight(min(wanted, most))
        self._area.setVisible(shown)
        self._line.setVisible(tight)
        self._draw_button()

    def _fit_soon(self) -> None:
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.LayoutRequest))

    def event(self, event: QEvent) -> bool:
        """Fit with all else that is laid out: before it is painted."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        return super().event(event)

    def _most(self, room: int) -> int:
        """Return the height that an unfolded bar takes at most, without what the rest needs."""
        layout, own = self._within.layout(), self.minimumSizeHint().height()
        rest = max(0, layout.minimumSize().height() - own) if layout is not None else 0
        left = room - rest - self._line.sizeHint().height()
        return max(self._themes.metrics.chrome(LEAST_PX), min(round(MOST_UNFOLDED * room), left))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share the workspace's new height, or see what the bar wants now."""
        kinds = QEvent.Type
        if event.type() == (kinds.Resize if watched is self._within else kinds.LayoutRequest):
            self._fit_soon()
        return super().eventFilter(watched, event)

    def _dress(self) -> None:
        px = self._themes.metrics.chrome
        self._row.setContentsMargins(px(8), px(2), px(8), px(2))
        self.button.setFont(self._themes.metrics.frame().ui())
        self._draw_button()
        self._fit_soon()

    def _draw_button(self) -> None:
        side = self._themes.metrics.chrome(16)
        # The bar comes out below the button, not above it as the lesson's text does.
        name = "fold" if self.folded else "unfold"
        ratio = self.devicePixelRatioF()
        self.button.setIconSize(QSize(side, side))
        self.button.setIcon(icon(name, self._themes.theme, side, ratio=ratio))
        what = "Show" if self.folded else "Hide"
        self.button.setToolTip(f"{what}: {self.button.text()}")
        self.button.setAccessibleDescription("Folded" if self.folded else "Unfolded")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a hairline below the button."""
        if not self._line.isHidden():
            theme = self._themes.theme
            with QPainter(self) as painter:
                painter.fillRect(self._line.geometry(), QColor(theme.window))
                line = self._line.geometry()
                line.setTop(line.bottom())
                painter.fillRect(line, QColor(theme.border))
