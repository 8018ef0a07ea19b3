"""Records of a page_owner dump that are owned by page_owner itself, told apart and explained.

page_owner has three handles for pages whose real stack it does not know (Linux 5.4 to 6.12,
mm/page_owner.c, init_page_owner()). Each is the stack of a function that does nothing but save its
own stack, once, at boot: so that function on a stack of the dump gives the handle away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.recording.profile import PAGES, RECORDS, StackProfile, StackTable


@dataclass(frozen=True, slots=True)
class SpecialHandle:
    """A handle that stands for no real stack.

    Attributes:
        kind: Its short name.
        function: The function whose stack it is.
        title: What it is called before people.
        means: What a record that has it says, as a sentence.
    """

    kind: str
    function: str
    title: str
    means: str


HANDLES = (
    SpecialHandle(
        "dummy",
        "register_dummy_stack",
        "Cut by the recursion guard",
        "The page was allocated while its task was already saving a stack: the guard cut the "
        "nested save short, so the owner is lost while order, flags and task are right. Mostly "
        "these are pages of the stack depot itself (order 2, the size of its pools).",
    ),
    SpecialHandle(
        "failure",
        "register_failure_stack",
        "Not stored by the stack depot",
        "The stack was unwound, but the stack depot could not store it, for want of memory or "
        "because it was full, so the owner is lost.",
    ),
    SpecialHandle(
        "early",
        "register_early_stack",
        "Allocated before page_owner",
        "The page was in use and had no owner when page_owner was initialised at boot "
        "(init_early_allocated_pages), so order, flags and task say nothing about who took it.",
    ),
)


@dataclass(frozen=True, slots=True)
class Special:
    """The records of one special handle.

    Attributes:
        handle: What they have in common.
        rows: Numbers of the records.
        records: How many they are.
        pages: How many base pages they hold; None where the file does not say.
    """

    handle: SpecialHandle
    rows: npt.NDArray[np.int64]
    records: int
    pages: int | None

    @property
    def title(self) -> str:
        """What they are called before people."""
        return self.handle.title

    @property
    def sentence(self) -> str:
        """How many they are and what that means."""
        pages = f" ({_counted(self.pages, 'page')})" if self.pages is not None else ""
        return f"{_counted(self.records, 'record')}{pages}. {self.handle.means}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def special_records(profile: StackProfile) -> list[Special]:
    """Return the records whose stack holds the function of a special handle, handle by handle.

    Handles that no record has are left out.
    """
    found = []
    for handle in HANDLES:
        rows = np.flatnonzero(stacks_with(profile.stacks, handle.function)[profile.stack])
        if len(rows):
            pages = profile.weights.get(PAGES)
            found.append(
                Special(
                    handle,
                    rows,
                    int(profile.weights[RECORDS][rows].sum()),
                    int(pages[rows].sum()) if pages is not None else None,
                )
            )
    return found


def stacks_with(stacks: StackTable, function: str) -> npt.NDArray[np.bool_]:
    """Return for each stack whether a function is on it."""
    is_frame = np.array([frame.name == function for frame in stacks.frames], np.bool_)
    sums = np.zeros(len(stacks.ids) + 1, np.int64)
    np.cumsum(is_frame[stacks.ids], out=sums[1:])
    has: npt.NDArray[np.bool_] = np.diff(sums[stacks.bounds]) > 0
    return has
