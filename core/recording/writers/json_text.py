"""JSON strings, as the formats that are written in pieces need them."""

from __future__ import annotations

import msgspec


def quoted(text: str) -> str:
    """Return a text as JSON has it, its quotes included."""
    return msgspec.json.encode(text).decode()
