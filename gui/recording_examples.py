"""The recordings of real kernels that the program brings along, where menus look for them."""

from __future__ import annotations

from core.recording.examples import EXAMPLES, Example

__all__ = ["EXAMPLES", "Example"]
