"""Where one is in a flame graph: the frames above, each a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from gui.icons import icon
from gui.widgets.flame.words import share_text, weight_text

if TYPE_CHECKING:
    from core.recording.questions.call_tree import CallTree
    from gui.theme import ThemeManager

_PAD_PX, _HIGH_PX, _LEAST_PX = 6, 30, 48
_ARROW = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
_MORE = "…"


class PathBar(QWidget):
    """A button for the whole profile, and the path to what is looked into.

    Args:
        themes: The theme in force.
    """

    asked_for = Signal(int)
    """A frame of the path was clicked (its node); 0 for the whole profile."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.button = QToolButton()
        self.button.setText("Whole profile")
        self.button.setToolTip("Back to the whole profile  (Home; Esc goes back one step)")
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(lambda: self.asked_for.emit(0))
        self.path = _Path(themes)
        self.path.asked_for.connect(self.asked_for)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.button)
        self._row.addWidget(self.path, 1)
        themes.changed.connect(self._dress)
        self._dress()

    def show_path(self, tree: CallTree | None, path: list[int], *, whole: bool) -> None:
        """Show a path from the root; ``whole`` says that all of the tree is in view."""
        self.button.setEnabled(tree is not None and not whole)
        self.path.show_path(tree, path)

    def showEvent(self, event: QShowEvent) -> None:
        """Dress again: a style sheet gives a widget that it meets first its old font back."""
        super().showEvent(event)
        self._dress()

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        frame = metrics.frame()
        side, pad = frame.px(16), frame.px(_PAD_PX)
        self._row.setContentsMargins(pad, frame.px(3), pad, frame.px(3))
        self._row.setSpacing(pad)
        self.button.setFont(frame.ui())
        self.button.setIcon(icon("zoom-out", theme, side, ratio=self.devicePixelRatioF()))
        self.button.setIconSize(QSize(side, side))
        self.path.updateGeometry()
        self.path.update()


class _Path(QWidget):
    """The names on the path, the newest whole; those before it give way where room is short."""

    asked_for = Signal(int)

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._tree: CallTree | None = None
        self._path: list[int] = []
        self._steps: list[tuple[QRectF, int, str]] = []
        self._hovered = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the height of a line of buttons."""
        return QSize(200, self._themes.metrics.frame().px(_HIGH_PX))

    def minimumSizeHint(self) -> QSize:
        """Return a width at which something can still be said."""
        return QSize(self._themes.metrics.frame().px(_LEAST_PX), self.sizeHint().height())

    @property
    def steps(self) -> list[tuple[str, int]]:
        """What the path says, from left to right, and where each step leads."""
        return [(text, node) for _, node, text in self._steps]

    def rect_of(self, node: int) -> QRectF | None:
        """Return where the step to a frame is drawn, None where it is not."""
        return next((rect for rect, own, _ in self._steps if own == node), None)

    def show_path(self, tree: CallTree | None, path: list[int]) -> None:
        """Show a path from the root."""
        self._tree, self._path = tree, path
        self._lay_out()

    def _texts(self) -> list[str]:
        tree = self._tree
        assert tree is not None
        names = [tree.name_of(node) for node in self._path]
        last = self._path[-1]
        total = int(tree.total[last])
        share = f", {share_text(total, tree.whole)}" if last else ""
        names[-1] += f"  {weight_text(tree.weight, total)}{share}"
        return names

    def _lay_out(self) -> None:
        """Place the last step, then as many of those before it as there is room for."""
        self._steps, self._hovered = [], -1
        if self._tree is not None and self._path:
            frame = self._themes.metrics.frame()
            measure, pad = QFontMetricsF(frame.mono()), float(frame.px(_PAD_PX))
            texts = self._texts()
            arrow = measure.horizontalAdvance(_ARROW) + pad
            more = measure.horizontalAdvance(_MORE) + 2 * pad
            mode = Qt.TextElideMode.ElideRight
            room = max(0.0, self.width() - more - arrow - 2 * pad)
            texts[-1] = measure.elidedText(texts[-1], mode, room)
            widths = [measure.horizontalAdvance(text) + 2 * pad for text in texts]
            first, used = len(texts) - 1, widths[-1]
            while first and used + arrow + widths[first - 1] + (more if first > 1 else 0) <= (
                self.width()
            ):
                first -= 1
                used += arrow + widths[first]
            x = 0.0
            if first:
                # The step that stands for those left out leads to the innermost of them.
                self._steps.append(
                    (QRectF(0, 0, more, self.height()), self._path[first - 1], _MORE)
                )
                x = more + arrow
            for text, node, wide in zip(
                texts[first:], self._path[first:], widths[first:], strict=True
            ):
                self._steps.append((QRectF(x, 0, wide, self.height()), node, text))
                x += wide + arrow
        whole = " > ".join(self._texts()) if self._tree is not None and self._path else ""
        self.setAccessibleName("Path to what is looked into")
        self.setAccessibleDescription(whole)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        """Measure again in another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._lay_out()

    def _step_at(self, point: QPointF) -> int:
        found = (at for at, (rect, _, _) in enumerate(self._steps) if rect.contains(point))
        return next(found, -1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what a click would do."""
        at = self._step_at(event.position())
        if at == len(self._steps) - 1:
            at = -1
        if at != self._hovered:
            self._hovered = at
            shape = Qt.CursorShape.PointingHandCursor
            self.setCursor(shape) if at >= 0 else self.unsetCursor()
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the mouse."""
        self._hovered = -1
        self.update()
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go where the step leads."""
        at = self._step_at(event.position())
        if at >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self.asked_for.emit(self._steps[at][1])

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the steps and the arrows between them."""
        theme, frame = self._themes.theme, self._themes.metrics.frame()
        with QPainter(self) as painter:
            middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignHCenter
            for at, (rect, _node, text) in enumerate(self._steps):
                last = at == len(self._steps) - 1
                painter.setFont(frame.mono())
                painter.setPen(QColor(theme.text if last else theme.accent_ink))
                if at == self._hovered:
                    painter.fillRect(rect, QColor(theme.hover))
                painter.drawText(rect, int(middle), text)
                if not last:
                    gap = QRectF(rect.right(), 0, self._steps[at + 1][0].left() - rect.right(),
                                 rect.height())  # fmt: skip
                    painter.setPen(QColor(theme.muted))
                    painter.drawText(gap, int(middle), _ARROW)
