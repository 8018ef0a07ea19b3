"""The lines of a listing: text, colours, numbers, the arrow and the marks."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from core.trace.listings import names_behind
from gui.theme import mix

if TYPE_CHECKING:
    from core.trace.spots import Spot
    from gui.theme import Role, Theme, ThemeManager

COMFORTABLE_CHARACTERS = 52
"""Most lines of the listings are not longer."""
SMALLEST_SHARE = 0.8
"""How much smaller than elsewhere the text may get in a narrow panel."""
BAND_SHARE = 0.75
"""How much of a role's tint lies under the line that runs: words of other roles stand on it."""
_KEYWORDS = re.compile(r"\b(if|else|while|for each|return|NULL|and|or|not|skip|stop)\b")
_CALLS = re.compile(r"\b([A-Za-z_]\w*)(?=\()")
_CONSTANTS = re.compile(r"\b(GFP_\w+|\d+)\b")
_COMMENT = re.compile(r"//.*$")


class CodeView(QPlainTextEdit):
    """The lines, with numbers, an arrow and marks beside them. Read, never edited."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._spot: Spot | None = None
        self._role = themes.theme.role("caller")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setCursorWidth(0)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._gutter = _Gutter(self)
        self._colours = _Colours(self.document(), themes)
        self.updateRequest.connect(self._gutter.update_all)

    def set_functions(self, subsystems: dict[str, str]) -> None:
        """Take the run's functions, for the colours of calls."""
        self._colours.subsystems = subsystems

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        theme, metrics = self._themes.theme, self._themes.metrics
        self._fit_font()
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {theme.surface}; color: {theme.text}; border: none;"
            f" border-radius: 0; padding: 0; border-top: 1px solid {theme.border} }}"
            f"QPlainTextEdit:focus {{ border-top: {metrics.px(2)}px solid {theme.focus} }}"
        )
        self.document().setDocumentMargin(0)
        self._colours.dress()

    def _fit_font(self) -> None:
        """Take a somewhat smaller font where the panel is narrow; what is wider still scrolls.

        The size follows from the width alone: it does not change from one function to the next.
        """
        metrics = self._themes.metrics
        font = metrics.mono("body")
        whole_px = QFontMetricsF(font).horizontalAdvance("0" * COMFORTABLE_CHARACTERS)
        room = max(1, self.contentsRect().width() - self.gutter_px())
        share = min(1.0, max(SMALLEST_SHARE, room / whole_px))
        font.setPixelSize(max(1, int(font.pixelSize() * share)))
        if font != self.font():
            self.setFont(font)
        self.setViewportMargins(self.gutter_px(), metrics.px(6), 0, metrics.px(4))
        self._place_gutter()

    def gutter_px(self) -> int:
        """Width of the column beside the text."""
        metrics = self._themes.metrics
        return metrics.px(32) + QFontMetrics(metrics.mono("caption")).horizontalAdvance("00")

    def show_spot(self, spot: Spot | None, role: Role, field: str) -> None:
        """Show a listing and mark its lines."""
        lines = spot.listing.lines if spot is not None else ()
        text = "\n".join(line.text for line in lines)
        self._spot, self._role = spot, role
        self._colours.field = field
        if text != self.toPlainText():
            self.setPlainText(text)
        self._mark(spot.line if spot is not None else None)
        self._gutter.update()

    def band_colour(self) -> str:
        """Return the tint under the line that runs; every colour of a call is readable on it."""
        return mix(self._role.soft, self._themes.theme.surface, BAND_SHARE)

    def _mark(self, line: int | None) -> None:
        """Lay the band under the line that runs, and bring it into view."""
        bands = []
        if line is not None:
            cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
            band = QTextEdit.ExtraSelection()
            shade = QTextCharFormat()
            shade.setBackground(QColor(self.band_colour()))
            shade.setProperty(QTextFormat.Property.FullWidthSelection, True)
            band.format, band.cursor = shade, cursor
            bands.append(band)
            if not self.textCursor().hasSelection():
                self.setTextCursor(cursor)
                self.ensureCursorVisible()
        self.setExtraSelections(bands)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the column as tall as the text, and the line that runs in view."""
        super().resizeEvent(event)
        self._fit_font()
        if not self.textCursor().hasSelection():
            self.ensureCursorVisible()

    def _place_gutter(self) -> None:
        text = self.viewport().geometry()
        self._gutter.setGeometry(
            self.contentsRect().left(), text.top(), self.gutter_px(), text.height()
        )

    def event(self, event: QEvent) -> bool:
        """Leave single keys to the commands: there is nothing to type here."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.ignore()
            return False
        return super().event(event)

    def paint_gutter(self, painter: QPainter) -> None:
        """Paint the numbers, the arrow and the marks of lines that ran before."""
        theme, metrics, spot = self._themes.theme, self._themes.metrics, self._spot
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self._gutter.width()
        for number, block in enumerate(self._blocks(), 1):
            top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
            row = QRectF(0, top, width, block.layout().boundingRect().height())
            now = spot is not None and number == spot.line
            if now:
                painter.fillRect(row, QColor(self.band_colour()))
                bar = row.adjusted(0, 0, metrics.px(3) - width, 0)
                painter.fillRect(bar, QColor(self._role.colour))
                self._arrow(painter, row)
            elif spot is not None and number in spot.visited:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.outline))
                middle = QPointF(metrics.px(11), row.center().y())
                painter.drawEllipse(middle, metrics.px(2), metrics.px(2))
            painter.setFont(metrics.mono("caption", bold=now))
            painter.setPen(QColor(theme.text if now else theme.muted))
            right = row.adjusted(0, 0, -metrics.px(10), 0)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(right, flags, str(number))

    def _blocks(self) -> list[QTextBlock]:
        if self._spot is None:
            return []
        document = self.document()
        return [document.findBlockByNumber(at) for at in range(document.blockCount())]

    def _arrow(self, painter: QPainter, row: QRectF) -> None:
        """A full arrow where the function runs, a hollow one where it waits for its callee."""
        metrics, y = self._themes.metrics, row.center().y()
        left, half = metrics.px(7), metrics.px(4.5)
        tip = QPolygonF(
            [QPointF(left, y - half), QPointF(left + 1.7 * half, y), QPointF(left, y + half)]
        )
        outer = self._spot is not None and self._spot.outer
        painter.setPen(QColor(self._role.ink))
        painter.setBrush(Qt.BrushStyle.NoBrush if outer else QColor(self._role.ink))
        painter.drawPolygon(tip)


class _Gutter(QWidget):
    """The column beside the code; the code, its parent, knows what to paint there."""

    def __init__(self, code: CodeView) -> None:
        super().__init__(code)
        self.setToolTip("▶ the line that runs   ▷ waits for its callee   ● ran before in this call")

    def update_all(self) -> None:
        """Paint again, as the text beside it was scrolled or changed."""
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint numbers, arrow and marks."""
        code = self.parentWidget()
        assert isinstance(code, CodeView)
        with QPainter(self) as painter:
            code.paint_gutter(painter)


class _Colours(QSyntaxHighlighter):
    """Colours of the words: keywords, calls by their subsystem, the guard's field, comments."""

    def __init__(self, document: QTextDocument, themes: ThemeManager) -> None:
        super().__init__(document)
        self._themes = themes
        self.subsystems: dict[str, str] = {}
        self.field = ""

    def dress(self) -> None:
        """Take on the theme in force."""
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        theme: Theme = self._themes.theme
        comment = _COMMENT.search(text)
        code = text[: comment.start()] if comment else text
        for found in _CONSTANTS.finditer(code):
            self._paint(found, theme.info.ink)
        for found in _KEYWORDS.finditer(code):
            self._paint(found, theme.accent_ink, bold=True)
        for found in _CALLS.finditer(code):
            first = self.currentBlock().blockNumber() == 0
            self._paint(found, self._ink_of_call(found[1]), bold=first)
        if self.field:
            for found in re.finditer(rf"\b{re.escape(self.field)}\b", code):
                self._paint(found, theme.role("guard").ink, bold=True)
        if comment:
            self._paint(comment, theme.muted, italic=True)

    def _ink_of_call(self, name: str) -> str:
        theme = self._themes.theme
        if name in self.subsystems:
            return theme.role(self.subsystems[name]).ink
        for behind in names_behind(name):
            for function, subsystem in self.subsystems.items():
                if fnmatchcase(function, behind):
                    return theme.role(subsystem).ink
        return theme.text

    def _paint(
        self, found: re.Match[str], colour: str, *, bold: bool = False, italic: bool = False
    ) -> None:
        look = QTextCharFormat()
        look.setForeground(QColor(colour))
        if bold:
            look.setFontWeight(QFont.Weight.DemiBold)
        look.setFontItalic(italic)
        self.setFormat(found.start(), found.end() - found.start(), look)
