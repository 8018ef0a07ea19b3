"""A step's text, as large as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QResizeEvent,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextTable,
    QTextTableCell,
)
from PySide6.QtWidgets import QFrame, QTextBrowser

from gui.theme import TextStep
from gui.widgets.lesson.text import FEATURES

if TYPE_CHECKING:
    from gui.presenter.hall import HallThemes

STEPS: tuple[TextStep, ...] = ("heading", "title", "body")
"""The largest text first: the one that fits is taken."""
_LINE_PERCENT = 116


class MarkdownView(QTextBrowser):
    """Markdown that takes the largest text in which all of it can be seen.

    Args:
        themes: The look.
        steps: The sizes to choose from, the largest first.
    """

    def __init__(self, themes: HallThemes, steps: tuple[TextStep, ...] = STEPS) -> None:
        super().__init__()
        self._themes, self._steps = themes, steps
        self.factor = 1.0
        self.source_text = ""
        self._look: tuple[object, ...] = ()
        self._shown: TextStep | None = None
        self._measured: dict[TextStep, QTextDocument] = {}
        self._heights: dict[tuple[int, TextStep], float] = {}
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setCursorWidth(0)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.TextSelectableByKeyboard | flags.TextSelectableByMouse)

    def show_markdown(self, text: str) -> None:
        """Show another text."""
        if text != self.source_text:
            self.source_text = text
            self._forget()
        self.refit()

    def refit(self) -> None:
        """Take the size of type that fits, where the room or the look is another one."""
        look = (self.factor, self._themes.metrics, self._themes.theme)
        if look != self._look:
            self._look = look
            self._forget()
        room, step = self.viewport().size(), self._steps[-1]
        for step in self._steps:
            if self._height(room.width(), step) <= room.height():
                break
        if step != self._shown:
            self._shown = step
            self._fill(self.document(), step)

    def height_for(self, width: int, step: TextStep) -> int:
        """Return how high the text is in a size of type."""
        return round(self._height(max(1, width), step)) + 1

    def _forget(self) -> None:
        for document in self._measured.values():
            document.deleteLater()
        self._measured.clear()
        self._heights.clear()
        self._shown = None

    def _height(self, width: int, step: TextStep) -> float:
        """Return the height in a width; a text is laid out once for each, not at every resize."""
        if (width, step) not in self._heights:
            if step not in self._measured:
                self._measured[step] = QTextDocument(self)
                self._fill(self._measured[step], step)
            self._measured[step].setTextWidth(width)
            self._heights[width, step] = self._measured[step].size().height()
        return self._heights[width, step]

    def _fill(self, document: QTextDocument, step: TextStep) -> None:
        """Put the text into a document, with room between its paragraphs."""
        document.clear()  # or the text of before would be laid out in the new font
        self._dress_document(document, step)
        document.setMarkdown(self.source_text, FEATURES)
        em = document.defaultFont().pixelSize()
        cursor, block = QTextCursor(document), document.begin()
        # All at once: else the whole text is laid out again for every cell of a table.
        cursor.beginEditBlock()
        while block.isValid():
            form = block.blockFormat()
            in_list = block.textList() is not None and block.next().textList() is not None
            last = not block.next().isValid()
            form.setBottomMargin(0 if last else em * (0.25 if in_list else 0.65))
            form.setTopMargin(0)
            form.setLineHeight(
                _LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
            )
            cursor.setPosition(block.position())
            cursor.setBlockFormat(form)
            block = block.next()
        for table in document.rootFrame().childFrames():
            if isinstance(table, QTextTable):
                _dress_table(table, em / 2, self._themes.theme.muted)
        cursor.endEditBlock()

    def _dress_document(self, document: QTextDocument, step: TextStep) -> None:
        metrics, theme = self._themes.metrics, self._themes.theme
        font = metrics.ui(step)
        font.setPixelSize(max(6, round(font.pixelSize() * self.factor)))
        document.setDefaultFont(font)
        document.setDocumentMargin(0)
        document.setDefaultStyleSheet(
            f"code {{ font-family: '{metrics.mono_family}'; color: {theme.accent_ink}; }}"
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text to another size."""
        super().resizeEvent(event)
        if event.size() != event.oldSize():
            self.refit()


def _dress_table(table: QTextTable, side_px: float, line: str) -> None:
    """Draw a table as books do: a line below the head, air between the columns, no boxes."""
    form = table.format()
    form.setBorder(0)
    table.setFormat(form)
    for row in range(table.rows()):
        for column in range(table.columns()):
            cell = table.cellAt(row, column)
            cell_form = cell.format().toTableCellFormat()
            cell_form.setLeftPadding(side_px if column else 0)
            cell_form.setRightPadding(side_px)
            if row == 0:
                cell_form.setBottomBorder(1)
                cell_form.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                cell_form.setBottomBorderBrush(QColor(line))
                _align_as(cell, table.cellAt(table.rows() - 1, column))
            cell.setFormat(cell_form)


def _align_as(head: QTextTableCell, below: QTextTableCell) -> None:
    """Put a word over the numbers that it is about; Qt leaves it at the left."""
    cursor = head.firstCursorPosition()
    form = cursor.blockFormat()
    form.setAlignment(below.firstCursorPosition().blockFormat().alignment())
    cursor.setBlockFormat(form)
