"""Markdown to read from the last row."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.widgets.wrapped import WrappedLabel

if TYPE_CHECKING:
    from gui.theme import TextStep, ThemeManager

FEATURES = (
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub
    | QTextDocument.MarkdownFeature.MarkdownNoHTML
)
"""HTML in a text is shown as it stands: ``#include <linux/slab.h>`` would end its paragraph."""


@lru_cache(maxsize=128)
def plain(markdown: str) -> str:
    """Return what a screen reader says of a text."""
    document = QTextDocument()
    document.setMarkdown(markdown, FEATURES)
    return document.toPlainText().strip()


def rich(markdown: str, font: QFont, mono: QFont) -> str:
    """Return a text as the HTML of a label: with air between paragraphs, and names in mono.

    Args:
        markdown: The text; HTML in it is shown as it stands.
        font: The font of words.
        mono: The font of identifiers.
    """
    return _rich(markdown, font.toString(), mono.family())


@lru_cache(maxsize=128)  # a lesson goes to and fro between a few texts
def _rich(markdown: str, font_text: str, mono: str) -> str:
    document, font = QTextDocument(), QFont()
    font.fromString(font_text)
    document.setDefaultFont(font)
    document.setMarkdown(markdown, FEATURES)
    block = document.begin()
    while block.isValid():
        _space(block, font.pixelSize(), last=not block.next().isValid())
        for part in _mono_parts(block):
            _set_family(document, part, mono)
        block = block.next()
    return document.toHtml()


def _space(block: QTextBlock, size_px: int, *, last: bool) -> None:
    form = block.blockFormat()
    form.setTopMargin(0)
    form.setBottomMargin(0 if last else round(size_px * (0.25 if block.textList() else 0.6)))
    form.setLineHeight(125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    QTextCursor(block).setBlockFormat(form)


def _mono_parts(block: QTextBlock) -> list[tuple[int, int]]:
    parts, place = [], block.begin()
    while not place.atEnd():
        fragment = place.fragment()
        if fragment.charFormat().fontFixedPitch():
            parts.append((fragment.position(), fragment.length()))
        place += 1
    return parts


def _set_family(document: QTextDocument, part: tuple[int, int], family: str) -> None:
    cursor = QTextCursor(document)
    cursor.setPosition(part[0])
    cursor.setPosition(part[0] + part[1], QTextCursor.MoveMode.KeepAnchor)
    form = QTextCharFormat()
    form.setFontFamilies([family])
    cursor.mergeCharFormat(form)


class MarkdownLabel(WrappedLabel):
    """A text that grows with the scale.

    Args:
        themes: The theme in force.
        step: Its size.
        parent: The Qt parent.
    """

    def __init__(
        self, themes: ThemeManager, step: TextStep = "title", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._themes, self._step = themes, step
        self.markdown = ""
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        themes.changed.connect(self.dress)
        self.dress()

    def show_markdown(self, text: str) -> None:
        """Show a text; an empty one takes no room."""
        self.markdown = text
        self.setAccessibleName(plain(text))
        self.dress()
        self.setVisible(bool(text))

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        metrics = self._themes.metrics
        font, mono = metrics.ui(self._step), metrics.mono(self._step)
        self.setText(rich(self.markdown, font, mono) if self.markdown else "")
