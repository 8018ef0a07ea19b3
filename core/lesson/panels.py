"""The panels a lesson can point at as ``panel:NAME``, by the workspace that has them.

The check of a lesson, its editor, the program's window and the audience's know the same names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.lesson.schema import Workspace

PANELS: dict[Workspace, tuple[str, ...]] = {
    "live": ("stack", "gauge", "sentence", "listing", "word", "counts", "machine"),
    "timeline": ("timeline", "sentence", "functions", "recursion", "machine", "plots"),
    "compare": ("stack", "timeline", "table"),
    "layout": ("map", "word", "cost", "members", "kernels"),
    "recordings": ("flame", "table", "treemap", "special", "what_if"),
    "explore": ("answer", "table", "states"),
}
