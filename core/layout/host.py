"""What the machine at hand says about itself: CPUs, page size, register state, kernel release."""

from __future__ import annotations

import os
import re
from pathlib import Path

_PRESENT = Path("/sys/devices/system/cpu/present")
_POSSIBLE = Path("/sys/devices/system/cpu/possible")
_KERNEL_LOG = Path("/dev/kmsg")
_CPU_INFO = Path("/proc/cpuinfo")
_PID_MAX = Path("/proc/sys/kernel/pid_max")

_CONTEXT_SIZE = re.compile(rb"x86/fpu: .*context size is (\d+) bytes")
"""arch/x86/kernel/fpu/xstate.c prints it at boot."""

_RECORD_BYTES = 8192
_MOST_RECORDS = 50_000


def cpus_present() -> int:
    """Return the CPUs that SLUB counts: those present, or those possible where one is."""
    present = _listed(_PRESENT)
    return present if present > 1 else max(_listed(_POSSIBLE), present, 1)


def page_bytes() -> int:
    """Return the page size of the running kernel."""
    return os.sysconf("SC_PAGE_SIZE")


def release() -> str:
    """Return the release of the running kernel."""
    return os.uname().release


def pid_max() -> int:
    """Return how many tasks the running kernel can number; 32,768 where it does not tell."""
    try:
        return int(_PID_MAX.read_text())
    except (OSError, ValueError):
        return 32_768


def register_state_bytes() -> int:
    """Return what x86's boot message says the register state of a task takes; 0 if unreadable."""
    for record in _kernel_log():
        found = _CONTEXT_SIZE.search(record)
        if found:
            return int(found[1])
    return 0


def likely_register_state_bytes() -> int:
    """Return the register state's size as the CPU's features suggest it; 0 where they do not tell.

    Sizes of the compacted format without supervisor states, as measured on such CPUs.
    """
    try:
        text = _CPU_INFO.read_text(errors="replace")
    except OSError:
        return 0
    found = re.search(r"^flags\s*:(.*)$", text, re.MULTILINE)
    flags = set(found[1].split()) if found else set()
    if "pku" in flags and "avx512f" in flags:
        return 2440
    if "avx512f" in flags:
        return 2432
    return 832 if "avx" in flags else 0


def _listed(path: Path) -> int:
    """Return how many CPUs a list such as ``0-3,8`` names; 0 where it cannot be read."""
    try:
        ranges = path.read_text().strip().split(",")
        ends = [(part.partition("-")[0], part.rpartition("-")[2]) for part in ranges if part]
        return sum(int(last) - int(first) + 1 for first, last in ends)
    except (OSError, ValueError):
        return 0


def _kernel_log() -> list[bytes]:
    """Return the records of the kernel's log, oldest first; none where it may not be read."""
    records: list[bytes] = []
    try:
        log = os.open(_KERNEL_LOG, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return records
    try:
        while len(records) < _MOST_RECORDS:
            try:
                records.append(os.read(log, _RECORD_BYTES))
            except BrokenPipeError:  # overwritten while it was read: go on with the next
                continue
    except OSError:  # nothing more to read
        return records
    finally:
        os.close(log)
    return records
