"""What was counted on a real kernel, to be held beside what the simulation says."""

from __future__ import annotations

from typing import NamedTuple

SOURCE = (
    "Linux 6.1.192, x86_64, save_stack patched to allocate a page and 64 bytes before its walk and "
    "to free both after it"
)
"""Where the numbers come from."""
OFF_BY = "The counters are off by 20 to 100: reading them allocates."


class MeasuredRun(NamedTuple):
    """The counters after one workload.

    Attributes:
        max_depth: How many saves of a task the guard let be under way at once.
        calls: Calls of save_stack.
        hits: Those that the guard ended.
        unwinds: Walks of the stack.
        deepest: The deepest recursion seen.
    """

    max_depth: int
    calls: int
    hits: int
    unwinds: int
    deepest: int

    @property
    def unwinds_each(self) -> float:
        """Unwinds for each page event of the top level; ``CONTROL`` says how many those were."""
        return self.unwinds / CONTROL.calls


CONTROL = MeasuredRun(1, 4_075, 0, 4_092, 1)
"""With an unwinder that does not allocate: every save is of the top level, so its calls are the
page events that the program asked for."""
ALLOCATING = (
    MeasuredRun(1, 11_997, 7_941, 4_069, 1),
    MeasuredRun(2, 27_835, 15_856, 11_996, 2),
    MeasuredRun(3, 59_579, 31_730, 27_862, 3),
    MeasuredRun(4, 123_219, 63_552, 59_680, 4),
)
"""With an unwinder that allocates, by rising maximum depth."""
