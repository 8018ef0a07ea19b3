"""What a tool tip says."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


def tip_html(lines: Iterable[str]) -> str:
    """Return lines of a tool tip as rich text: the first one stands out and is never broken."""
    head, *rest = map(escape, lines)
    return f"<p style='white-space:pre; margin:0'><b>{head}</b></p>{'<br>'.join(rest)}"
