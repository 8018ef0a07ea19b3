"""The unwinder of the measured experiment: a page and 64 bytes before the walk, freed after it.

A save_stack patched this way was run on a real 6.1.192 kernel; its counters and its stack
overflow are what the simulation is held to. save_stack calls it directly and it calls
__alloc_pages itself.
"""

from __future__ import annotations

from core import gfp as gfp_masks
from core.guards.base import Entries
from core.trace.info import ScriptInfo
from core.unwind.base import Host, Stateless
from core.unwind.frames import FramePointerUnwinder, OrcUnwinder

BUFFER_BYTES = 64


class AllocatingUnwinder(Stateless):
    """Wraps an architecture's own unwinder.

    Args:
        inner: The unwinder that does the walk.
    """

    name = "allocating"
    scripts: tuple[ScriptInfo, ...] = ()
    note = (
        "a stand-in for unwinders that allocate: one page and 64 bytes before every walk, both "
        "freed after it (measured on a patched 6.1.192)"
    )

    def __init__(self, inner: OrcUnwinder | FramePointerUnwinder) -> None:
        self._inner = inner

    def attach(self, host: Host) -> None:
        """Meet the machine."""
        self._host = host
        self._routine = host.routine("allocating_unwind")
        self._inner.attach(host)

    def walk(self) -> Entries:
        """Allocate, walk, free."""
        host = self._host
        host.call(self._routine)
        page = host.pages.alloc_directly(0, gfp_masks.GFP_NOWAIT | gfp_masks.NOWARN)
        buffer = host.kmalloc(BUFFER_BYTES, gfp_masks.GFP_NOWAIT | gfp_masks.NOWARN)
        entries = self._inner.walk()
        if buffer is not None:
            host.kfree(buffer)
        if page is not None:
            host.free_pages(page)
        host.ret(self._routine)
        return entries
