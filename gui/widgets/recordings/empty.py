"""What the Recordings workspace says while nothing is open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from gui.icons import icon, pixmap
from gui.widgets.arrange import scrolled

if TYPE_CHECKING:
    from gui.recording_examples import Example
    from gui.theme import ThemeManager

_KINDS = (
    "page_owner and page_owner_stacks · ftrace function_graph, function and events with stacks · "
    "trace-cmd report · perf script · kernel log · folded · speedscope · Chrome trace events"
)
_WIDE_PX, _LEAST_PX = 560, 160


class EmptyState(QWidget):
    """What can be dropped, and what the program brings along.

    Args:
        examples: The recordings that are offered.
        themes: The theme in force.
    """

    wanted = Signal(object)
    """A file is to be opened (its Path)."""
    asked = Signal()
    """The user wants to choose a file."""

    def __init__(self, examples: Sequence[Example], themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.sign, self.head = QLabel(), QLabel("Drop a recording here", wordWrap=True)
        self.kinds = QLabel(_KINDS, wordWrap=True)
        self.hint = QLabel(
            "From a file, packed with gzip, xz or zstd or not. Two files together are compared: "
            "the second is the base.",
            wordWrap=True,
        )
        self.open_button = QPushButton("Open a recording…")
        self.open_button.clicked.connect(self.asked)
        self.or_label = QLabel("or an example, recorded from Linux 6.1.192", wordWrap=True)
        self.buttons = [self._button(example) for example in examples]
        self._build()
        themes.changed.connect(self._dress)
        self._dress()

    def _button(self, example: Example) -> QPushButton:
        button = QPushButton(example.title)
        button.setToolTip(example.about)
        button.setAccessibleDescription(example.about)
        path: Path = example.path
        button.clicked.connect(lambda: self.wanted.emit(path))
        return button

    def _build(self) -> None:
        inside = QWidget()
        self._column, outer = QVBoxLayout(inside), QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area = scrolled(inside, "No recording")
        # The edge of where something can be dropped is drawn behind.
        area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        outer.addWidget(area)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._column.addStretch(1)
        for widget in (
            self.sign, self.head, self.kinds, self.hint, self.open_button, self.or_label,
            *self.buttons,
        ):  # fmt: skip
            self._column.addWidget(widget, 0, centre)
        self._column.addStretch(2)
        for label in (self.head, self.kinds, self.hint, self.or_label):
            label.setAlignment(centre)
        self.setAccessibleName("No recording is open")

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        px = metrics.px
        self._column.setSpacing(px(10))
        self._column.setContentsMargins(px(24), px(24), px(24), px(24))
        self.sign.setPixmap(pixmap("recordings", theme.muted, px(56), self.devicePixelRatioF()))
        self.head.setFont(metrics.ui("heading", bold=True))
        for label, colour in (
            (self.kinds, theme.text), (self.hint, theme.muted), (self.or_label, theme.muted),
        ):  # fmt: skip
            label.setFont(metrics.ui())
            label.setStyleSheet(f"color: {colour}")
        self._fit()
        side = px(16)
        self.open_button.setIcon(icon("open", theme, side, ratio=self.devicePixelRatioF()))
        self.open_button.setIconSize(QSize(side, side))
        for button in (self.open_button, *self.buttons):
            button.setFont(metrics.ui())
            button.setMinimumWidth(px(240))
        self.update()

    def _fit(self) -> None:
        """Break the lines where the window ends, if it is narrow."""
        px = self._themes.metrics.px
        wide = max(px(_LEAST_PX), min(px(_WIDE_PX), self.width() - 2 * px(24) - px(16)))
        for label in (self.head, self.kinds, self.hint, self.or_label):
            # Said here, as a layout that aligns a label does not ask how high it gets.
            label.setFixedSize(wide, label.heightForWidth(wide))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the edge of where something can be dropped."""
        theme, metrics = self._themes.theme, self._themes.metrics
        edge = metrics.px(14)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.outline), metrics.px(1.5), Qt.PenStyle.DashLine))
            painter.drawRoundedRect(
                self.rect().adjusted(edge, edge, -edge, -edge), metrics.px(12), metrics.px(12)
            )
