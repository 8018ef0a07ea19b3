"""The recordings of real kernels that the program brings along."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Example(NamedTuple):
    """A recording in ``resources/recordings``.

    Attributes:
        name: Its id.
        title: What menus call it.
        about: What there is to see, as a sentence.
        file: Its file.
    """

    name: str
    title: str
    about: str
    file: str

    @property
    def path(self) -> Path:
        """Where it lies."""
        import resources

        return Path(resources.__path__[0]) / "recordings" / self.file


EXAMPLES = (
    Example(
        "boot_dump",
        "Page owners after boot",
        "Who owned the pages of a Linux 6.1 that had just started, as page_owner tells it",
        "page_owner-6.1-boot.txt.zst",
    ),
    Example(
        "recursion",
        "A recursion during boot",
        "One allocation whose save allocates again, stopped by the guard, as ftrace saw it",
        "function_graph-boot-recursion.txt.zst",
    ),
    Example(
        "guard_hits",
        "Guard hits",
        "Saves that allocate inside of saves, and the guard that turns them away, again and again",
        "function_graph-guard-hits.txt.zst",
    ),
    Example(
        "crash",
        "A crash without a guard",
        "The last words of a kernel whose saves allocated and that had no guard to stop them",
        "console-6.1-no-guard.txt.zst",
    ),
)
