"""ia64 as the mail tells it: every walk builds a script for a frame, and building kmallocs.

Nothing stops the nested walk, so without a guard the recursion runs until the stack is gone. This
is the chain the 2021 patch was written for; see ``ia64`` for what the code itself does.
"""

from __future__ import annotations

from core import gfp as gfp_masks
from core.guards.base import Entries
from core.trace.info import ScriptInfo
from core.trace.routine import Path
from core.unwind.base import (
    SKIPPED_FRAMES,
    FrameEvents,
    Host,
    Stateless,
    entries_below_save_stack,
)

REGION_BYTES = 664
"""arch/ia64/kernel/unwind.c: sizeof(struct unw_reg_state), which push kmallocs (kmalloc-1k)."""

ENTRY_PATH = ("stack_trace_save", "save_stack_trace", "unw_init_running", "ia64_do_save_stack")


class MailUnwinder(Stateless):
    """Builds one script a walk and kmallocs for it."""

    name = "mail"
    scripts: tuple[ScriptInfo, ...] = ()
    note = "ia64 as the mail tells it: every walk builds a script, and building it kmallocs"

    def attach(self, host: Host) -> None:
        """Meet the machine."""
        self._host = host
        self._path = Path(host.routine(name) for name in ENTRY_PATH)
        self._unwind = host.routine("unw_unwind")
        self._build = host.routine("build_script")
        self._frames = FrameEvents(
            host, self._path.routines[-1], self._unwind, outermost=self._path.routines[-2]
        )

    def walk(self) -> Entries:
        """Build a script for the first frame, then walk all frames."""
        host = self._host
        entries = entries_below_save_stack(host.stack, len(host.stack) - 1)
        host.call_path(self._path)
        host.call(self._unwind)
        host.call(self._build)
        region = host.kmalloc(REGION_BYTES, gfp_masks.GFP_ATOMIC)
        if region is not None:
            host.kfree(region)
        host.ret(self._build)
        host.ret(self._unwind)
        n_entries = max(0, len(entries) - 1)
        self._frames.record(SKIPPED_FRAMES + 1 + n_entries, n_entries)
        host.ret_path(self._path)
        return entries
