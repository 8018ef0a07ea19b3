"""ia64 as its code reads [inferred: nobody has watched it on hardware].

Order of steps: arch/ia64/kernel/unwind.c, find_save_locs, script_lookup, build_script. A frame's
script is looked up in a cache; on a miss it is built under unw.lock, and building kmallocs. The
script enters the cache before it is finished and keeps its write lock until the walk that built it
has run it. A nested walk that needs that script, or another that is missing, waits for its own
task: with SMP that is a deadlock, without SMP the locks are nothing and the script is half built.
"""

from __future__ import annotations

from dataclasses import dataclass

from core import gfp as gfp_masks
from core.guards.base import Entries
from core.trace.events import SITE_BITS, Kind
from core.trace.routine import Path, Routine
from core.unwind.base import (
    FRAME_NS,
    MAX_ENTRIES,
    SKIPPED_FRAMES,
    Host,
    entries_below_save_stack,
)
from core.unwind.ia64_mail import ENTRY_PATH, REGION_BYTES

CACHED_SCRIPTS = 128
"""arch/ia64/kernel/unwind.c, UNW_CACHE_SIZE."""

Ip = tuple[Routine, Routine]
"""An instruction pointer: the caller and whom it called there."""


@dataclass(slots=True, eq=False)
class Script:
    """How to undo one frame; ``built`` once its instructions are there."""

    ip: Ip
    lock: object
    built: bool = False


class Ia64Unwinder:
    """Script cache, script locks and unw.lock."""

    name = "ia64"
    note = "ia64 as its code reads; inferred, never watched on hardware"

    def __init__(self) -> None:
        self._scripts: dict[Ip, Script] = {}

    def attach(self, host: Host) -> None:
        """Meet the machine."""
        self._host = host
        self._path = Path(host.routine(name) for name in ENTRY_PATH)
        self._walker = self._path.routines[-1]
        self._unwind = host.routine("unw_unwind")
        self._find = host.routine("find_save_locs")
        self._build = host.routine("build_script")
        self._regions = Path((host.routine("desc_prologue"), host.routine("push")))
        self._unw_lock = host.locks.create("unw.lock")
        self._declare()

    def _declare(self) -> None:
        def site(kind: Kind, routine: Routine, label: str, text: str, cost_ns: int = 6) -> int:
            return self._host.recorder.site(kind, routine.function, label, text, cost_ns=cost_ns)

        find, build = self._find, self._build
        self._hit = site(Kind.STEPPED, find, "lookup", "The script for this frame is cached.")
        self._miss = site(
            Kind.STEPPED, find, "lookup", "No script for this frame is cached: one is built."
        )
        self._new = site(
            Kind.STEPPED,
            build,
            "new",
            "script_new puts the script into the cache, still empty and write-locked.",
        )
        self._no_entry = site(
            Kind.STEPPED, build, "none", "This address has no unwind entry: nothing to allocate."
        )
        self._busy = site(
            Kind.STEPPED, build, "busy", "The oldest script is in use: none can be replaced."
        )
        self._done = site(Kind.STEPPED, build, "done", "The script has its instructions now.", 40)
        self._empty = site(
            Kind.STEPPED,
            find,
            "half",
            "The script is half built and has no instructions: the frame cannot be undone.",
        )
        self._unwound = self._host.recorder.site(
            Kind.FRAME_UNWOUND,
            find.function,
            "run",
            "{function} runs the script and unwinds a frame: {frame}.",
            cost_ns=FRAME_NS,
            facts=[("walker", self._path.routines[-2].name)],
        )
        self._ended = site(
            Kind.WALK_ENDED, self._walker, "end", "The walk is over: {argument} entries are saved."
        )

    # -- the walk -------------------------------------------------------------------------

    def walk(self) -> Entries:
        """Unwind frame by frame, building scripts where the cache has none."""
        host = self._host
        at = len(host.stack) - 1
        whole = entries_below_save_stack(host.stack, at)
        host.call_path(self._path)
        # The first frame is save_stack_trace's; unw_init_running and below are the walker.
        innermost = at + 2
        outermost = at - 1 - max(0, len(whole) - 1)
        entries = whole
        for frame, index in enumerate(range(innermost, outermost, -1)):
            if not self._undo((host.stack[index], host.stack[index + 1]), frame):
                entries = self._cut_short(whole, frame)
                break
        host.append(self._ended | max(0, len(entries) - 1) << SITE_BITS)
        host.ret_path(self._path)
        return entries

    def _cut_short(self, whole: Entries, frame: int) -> Entries:
        """What a walk without SMP saves when it comes to a half-built script.

        Met on the first frame the walk ends with nothing. Later the same address comes again and
        again until all entries are full.
        """
        if frame == 0 or len(whole) < 2:
            return ()
        first_saved = SKIPPED_FRAMES + 1
        good = max(0, frame - first_saved)
        repeated = whole[-2 - good] if good + 2 <= len(whole) else whole[0]
        kept = whole[-1 - good :]
        return (repeated,) * (MAX_ENTRIES + 1 - len(kept)) + kept

    def _undo(self, ip: Ip, frame: int) -> bool:
        """unw_unwind > find_save_locs for one frame; False where the script is half built."""
        host = self._host
        host.call(self._unwind)
        host.call(self._find)
        script = self._scripts.get(ip)
        usable = True
        if script is None:
            host.append(self._miss)
            self._build_and_run(ip, frame)
        else:
            host.append(self._hit)
            host.locks.read(script.lock, self._find)
            usable = script.built
            host.append(self._unwound | frame << SITE_BITS if usable else self._empty)
        host.ret(self._find)
        host.ret(self._unwind)
        return usable

    def _build_and_run(self, ip: Ip, frame: int) -> None:
        host = self._host
        host.locks.acquire(self._unw_lock, self._find)
        script = self._build_script(ip)
        host.append(self._unwound | frame << SITE_BITS)
        if script is not None:
            host.locks.release(script.lock, self._find)
        host.locks.release(self._unw_lock, self._find)

    def _build_script(self, ip: Ip) -> Script | None:
        host = self._host
        host.call(self._build)
        script = self._new_script(ip)
        if script is not None:
            if ip[0].function.source.endswith(".S"):
                host.append(self._no_entry)
            else:
                self._decode()
            script.built = True
            host.append(self._done)
        host.ret(self._build)
        return script

    def _new_script(self, ip: Ip) -> Script | None:
        host = self._host
        if len(self._scripts) >= CACHED_SCRIPTS:
            oldest = next(iter(self._scripts))
            if not self._scripts[oldest].built:
                host.append(self._busy)
                return None
            del self._scripts[oldest]
        lock = host.locks.create(f"the lock of the script for {ip[0].name}")
        script = self._scripts[ip] = Script(ip, lock)
        host.append(self._new)
        host.locks.acquire(lock, self._build)
        return script

    def _decode(self) -> None:
        """unw_decode meets a prologue region: push kmallocs it, the end of the build frees it."""
        host = self._host
        host.call_path(self._regions)
        region = host.kmalloc(REGION_BYTES, gfp_masks.GFP_ATOMIC)
        host.ret_path(self._regions)
        if region is not None:
            host.kfree(region)
