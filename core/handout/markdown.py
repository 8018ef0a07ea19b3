"""Markdown as HTML that loads nothing and cannot run anything."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LOWEST = 6
"""HTML has no headings below this one."""


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Pictures could come from the network, and raw HTML could do anything.
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def html_of(text: str, *, below: int = 2) -> str:
    """Return Markdown as HTML.

    Args:
        text: Markdown.
        below: The level of the heading it stands below: its own headings are lower.
    """
    if not text.strip():
        return ""
    parser = _parser()
    tokens = parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(LOWEST, int(token.tag[1]) + below)}"
    rendered: str = parser.renderer.render(tokens, parser.options, {})
    return rendered.strip()


def inline_html(text: str) -> str:
    """Return one line of Markdown as HTML without a paragraph around it."""
    rendered: str = _parser().renderInline(text)
    return rendered or escape(text)
