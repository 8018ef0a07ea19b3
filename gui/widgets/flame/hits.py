"""Which functions a search finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.errors import OwnerscopeError
from core.trace.search import compiled

if TYPE_CHECKING:
    from core.recording.questions.call_tree import CallTree, Flags


def named(tree: CallTree, pattern: str) -> Flags | None:
    """Return which names of a tree a pattern finds; None where it is empty, or is no pattern."""
    if not pattern:
        return None
    try:
        search = compiled(pattern).search
    except OwnerscopeError:
        return None
    return np.fromiter((bool(search(name)) for name in tree.names), np.bool_, len(tree.names))
