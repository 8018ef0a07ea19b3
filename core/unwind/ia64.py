"""ia64 as its code reads [inferred: nobody has watched it on hardware].

Order of steps: arch/ia64/kernel/unwind.c, find_save_locs, script_lookup, build_script. A frame's
script is looked up in a cache; on a miss it is built under unw.lock, and building kmallocs. The
script enters the cache before it is finished and keeps its write lock until the walk that built it
has run it. A nested walk that needs that script, or another that is missing, waits for its own
task: with SMP that is a deadlock, without SMP the locks are nothing and the script is half built.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from core import gfp as gfp_masks
from core.guards.base import Entries
from core.trace.events import SITE_BITS, Kind
from core.trace.info import CACHED_SCRIPTS, ScriptInfo
from core.trace.routine import Path, Routine
from core.unwind.base import (
    FRAME_NS,
    MAX_ENTRIES,
    SKIPPED_FRAMES,
    Host,
    NumberedLock,
    entries_below_save_stack,
)
from core.unwind.ia64_mail import ENTRY_PATH, REGION_BYTES

Ip = tuple[Routine, Routine]
"""An instruction pointer: the caller and whom it called there."""


@dataclass(slots=True, eq=False)
class Script:
    """How to undo one frame; ``built`` once its instructions are there."""

    ip: Ip
    number: int
    lock: NumberedLock
    built: bool = False


class Found(Enum):
    """What came of the search for a frame's script."""

    RUN = "run"
    HALF_BUILT = "half built"
    NONE = "none"


class Ia64Unwinder:
    """Script cache, script locks and unw.lock."""

    name = "ia64"
    note = "ia64 as its code reads; inferred, never watched on hardware"

    def __init__(self) -> None:
        self._scripts: dict[Ip, Script] = {}
        self._known: dict[Ip, tuple[int, NumberedLock]] = {}

    def attach(self, host: Host) -> None:
        """Meet the machine."""
        self._host = host
        self._path = Path(host.routine(name) for name in ENTRY_PATH)
        self._walker = self._path.routines[-1]
        self._unwind = host.routine("unw_unwind")
        self._find = host.routine("find_save_locs")
        self._build = host.routine("build_script")
        self._regions = Path((host.routine("desc_prologue"), host.routine("push")))
        self._touches = host.cpus.shared()
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
            Kind.SCRIPT_ADDED,
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
        self._evicted = site(
            Kind.SCRIPT_EVICTED,
            build,
            "new",
            "The cache is full: script_new takes the oldest script out of it, that for {script}.",
        )
        self._done = site(
            Kind.SCRIPT_BUILT, build, "done", "The script has its instructions now.", 40
        )
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

    def start_again(self) -> None:
        """Forget all scripts; their numbers and locks stay, so that equal runs are equal."""
        self._scripts.clear()

    def fingerprint(self) -> tuple[int, ...]:
        """Return which scripts there are, in the order in which they would be replaced."""
        return tuple(script.number << 1 | script.built for script in self._scripts.values())

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
            found = self._undo((host.stack[index], host.stack[index + 1]), frame)
            if found is not Found.RUN:
                entries = _cut_short(whole, frame, host.stack[index], found)
                break
        host.append(self._ended | max(0, len(entries) - 1) << SITE_BITS)
        host.ret_path(self._path)
        return entries

    def _undo(self, ip: Ip, frame: int) -> Found:
        """unw_unwind > find_save_locs for one frame."""
        host = self._host
        host.call(self._unwind)
        host.call(self._find)
        if host.asks:
            host.cpus.point("load", self._touches)
        script = self._scripts.get(ip)
        if host.asks:
            host.learn(0 if script is None else 1 + script.built)
        if script is None:
            host.append(self._miss)
            found = self._build_and_run(ip, frame)
        else:
            host.append(self._hit)
            host.locks.read(script.lock, self._find)
            found = Found.RUN if script.built else Found.HALF_BUILT
            host.append(self._unwound | frame << SITE_BITS if script.built else self._empty)
        host.ret(self._find)
        host.ret(self._unwind)
        return found

    def _build_and_run(self, ip: Ip, frame: int) -> Found:
        host = self._host
        host.locks.acquire(self._unw_lock, self._find)
        script = self._build_script(ip)
        if script is not None:
            host.append(self._unwound | frame << SITE_BITS)
            host.locks.release(script.lock, self._find)
        host.locks.release(self._unw_lock, self._find)
        return Found.RUN if script is not None else Found.NONE

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
            host.append(self._done | script.number << SITE_BITS)
        host.ret(self._build)
        return script

    def _new_script(self, ip: Ip) -> Script | None:
        host = self._host
        if len(self._scripts) >= CACHED_SCRIPTS:
            oldest = next(iter(self._scripts))
            if host.smp and not self._scripts[oldest].built:
                # write_trylock fails on a script in use; without SMP it cannot.
                host.append(self._busy)
                return None
            evicted = self._scripts.pop(oldest)
            host.append(self._evicted | evicted.number << SITE_BITS)
        number, lock = self._known.get(ip) or self._name(ip)
        script = self._scripts[ip] = Script(ip, number, lock)
        host.append(self._new | number << SITE_BITS)
        # Under unw.lock interrupts are off already: write_lock does not touch them.
        host.locks.acquire(lock, self._build, irqs_off=False)
        return script

    def _name(self, ip: Ip) -> tuple[int, NumberedLock]:
        """Give the script of an address its number and its lock."""
        lock: NumberedLock = self._host.locks.create(
            f"the lock of the script for {ip[0].name}", self._touches
        )
        known = self._known[ip] = len(self._known), lock
        return known

    @property
    def scripts(self) -> tuple[ScriptInfo, ...]:
        """Every script there has been, by number."""
        return tuple(
            ScriptInfo(ip[0].name, ip[1].name, lock.number) for ip, (_, lock) in self._known.items()
        )

    def _decode(self) -> None:
        """unw_decode meets a prologue region: push kmallocs it, the end of the build frees it."""
        host = self._host
        host.call_path(self._regions)
        region = host.kmalloc(REGION_BYTES, gfp_masks.GFP_ATOMIC)
        host.ret_path(self._regions)
        if region is not None:
            host.kfree(region)


def _cut_short(whole: Entries, frame: int, stuck: Routine, found: Found) -> Entries:
    """Return what a walk saves that does not come to its end.

    Without a script it ends there. Without SMP it can come to a half-built one: met on the first
    frame the walk ends with nothing, later the same address comes again and again until all
    entries are full.

    Args:
        whole: What a complete walk would have saved.
        frame: Number of the frame, from the start of the walk.
        stuck: The function of that frame.
        found: Why the walk did not go on.
    """
    good = frame - SKIPPED_FRAMES - 1
    kept = whole[-1 - good :] if good >= 0 else ()
    if found is Found.NONE:
        return kept if good > 0 else ()
    if frame == 0:
        return ()
    return (stuck,) * (MAX_ENTRIES + 1 - len(kept)) + kept
