"""A flag in the allocation mask: whatever page_owner allocates itself says so, and is let pass.

The kernel does this for allocation tags and slab extensions (__GFP_NO_OBJ_EXT). It keeps no state
at all. But a mask reaches only who is called with it: an unwinder that kmallocs does not know that
page_owner called it, and a free has no mask.
"""

from __future__ import annotations

from core.gfp import NO_OWNER
from core.guards.base import GuardCode, Host, Stateless
from core.trace.events import Kind
from core.trace.routine import Routine


class GfpFlag(Stateless):
    """__GFP_NO_OWNER, a flag that no kernel has: __set_page_owner looks at it first."""

    design = "gfp"
    field = ""

    def __init__(self, max_depth: int = 1) -> None:
        self.max_depth = max_depth

    def attach(self, host: Host) -> None:
        """Meet the machine."""
        self._host = host

    def inlined_in(self, routine: Routine) -> GuardCode:
        """Return the flag's lines in a function."""
        return _FlagCode(self._host, routine)


class _FlagCode(GuardCode):
    def __init__(self, host: Host, routine: Routine) -> None:
        self._host = host
        self._refused = host.recorder.site(
            Kind.SHORT_CIRCUITED,
            routine.function,
            "flag",
            f"{routine.name} finds __GFP_NO_OWNER in the mask: page_owner itself asks for this "
            "page, so it gets dummy_handle and nothing is saved.",
            cost_ns=1,
        )

    def turns_away(self, gfp: int) -> bool:
        """Look for the flag."""
        if gfp & NO_OWNER:
            self._host.append(self._refused)
            return True
        return False

    def nested_mask(self, gfp: int) -> int:
        """Hand the flag down."""
        return gfp | NO_OWNER
