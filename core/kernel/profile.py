"""A kernel version on an architecture: call paths, frame sizes and constants, read from data.

The files are resources/kernels/*.toml; their README says where the numbers come from.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from core.errors import ProfileError, did_you_mean
from core.trace.events import Function

_SUFFIX = ".toml"

OPTIONAL_PATHS = ("hardirq", "timer", "softirq", "nmi", "preempt", "set_scheduler")
"""Paths that differ by architecture and that one may lack; there they are empty."""


@dataclass(frozen=True, slots=True)
class DepotRules:
    """Constants of the stack depot of one version.

    Attributes:
        record_header_bytes: A record of n entries takes ALIGN(header + 8 n, 16) bytes.
        pool_order: Page order of a pool.
        max_pools: Pools the depot can have.
        keeps_offset: Whether a full pool stays current when no spare is ready (since 6.9); the
            older code moves on and loses the tail.
        nested_gfp: Whether the caller's mask goes through gfp_nested_mask (since 6.10).
        handle_index_bits: Bits of a handle that name the pool.
        lock: Name of the lock, which is always taken with interrupts off.
        tries_in_nmi: Whether an NMI only tries to take it and gives up; else it spins.
    """

    record_header_bytes: int
    pool_order: int
    max_pools: int
    keeps_offset: bool
    nested_gfp: bool
    handle_index_bits: int
    lock: str
    tries_in_nmi: bool


@dataclass(frozen=True)
class Profile:
    """Everything the simulated kernel asks about a version and an architecture.

    Attributes:
        kernel: Version as users write it ("6.1").
        arch: Architecture.
        tree: The source tree the profile was read from.
        thread_bytes: THREAD_SIZE.
        page_bytes: Page size.
        unwinder: The unwinder the architecture has.
        shares_stack: Whether task_struct lies in the stack's own pages (ia64).
        kmalloc_min_bytes: Smallest kmalloc class.
        pcp_max_order: Largest order that is freed through the per-cpu lists.
        depot: Constants of the stack depot.
        stack_list: Whether a new stack is also put on page_owner_stacks' list (since 6.9).
        strict_boot_parameter: Whether page_owner= takes nothing but "on" (before 5.13).
        functions: By name, those that take a frame here; the others are inlined.
        paths: Names of the functions between two places, inlined ones left out; empty where the
            architecture has no such thing.
        absent_paths: Why a path is empty, by its name.
        slab_irqs_off: Whether a slab's refill runs with interrupts off unless its mask may block
            (before 5.15).
        filters_irq_stacks: Whether the depot cuts a stack where an interrupt began (since 5.17).
        irq_boundary: The functions it cuts behind; each stays in the stack.
        irq_own_stack: Whether interrupts run on a stack of the CPU's own.
        irq_note: What is inferred where they do, a sentence for the interface, else empty.
        rq_lock: Name of the lock of a CPU's run queue.
        wake_lock: Name of a task's lock that a waker takes.
        written: Who writes each bit that is not strictly current's, and under which lock.
        fork_note: What becomes of the guard's bits in a fork, a sentence for the interface.
        notes: What is inferred about this profile, as sentences for the interface.
    """

    kernel: str
    arch: str
    tree: str
    thread_bytes: int
    page_bytes: int
    unwinder: str
    shares_stack: bool
    kmalloc_min_bytes: int
    pcp_max_order: int
    depot: DepotRules
    stack_list: bool
    strict_boot_parameter: bool
    functions: dict[str, Function]
    paths: dict[str, tuple[str, ...]]
    absent_paths: dict[str, str]
    slab_irqs_off: bool
    filters_irq_stacks: bool
    irq_boundary: frozenset[str]
    irq_own_stack: bool
    irq_note: str
    rq_lock: str
    wake_lock: str
    written: dict[str, str]
    fork_note: str
    notes: tuple[str, ...] = ()

    def path(self, name: str) -> tuple[Function, ...]:
        """Return the functions of a path, outermost first."""
        return tuple(self.functions[function] for function in self.paths[name])


def kstrtobool(text: str) -> bool | None:
    """Return what lib/kstrtox.c's kstrtobool makes of a text, None where it is neither.

    Only the first letter counts, or the second one after an o.
    """
    first = text[:1]
    if first and first in "yYtT1":
        return True
    if first and first in "nNfF0":
        return False
    return {"n": True, "N": True, "f": False, "F": False}.get(text[1:2]) if first in "oO" else None


def turned_on(profile: Profile, parameter: str) -> tuple[bool, str]:
    """Return whether page_owner= turns it on, and a warning where the kernel ignores the value.

    Linux before 5.13 takes nothing but "on"; later ones what kstrtobool takes.
    """
    if profile.strict_boot_parameter:
        if parameter == "on" or kstrtobool(parameter) is False:
            return parameter == "on", ""
        return False, f"kernel {profile.kernel} takes only page_owner=on: {parameter!r} is ignored"
    on = kstrtobool(parameter)
    if on is None:
        return False, f"page_owner={parameter!r} is no yes or no: it stays off"
    return on, ""


def kernels() -> tuple[str, ...]:
    """Return the versions there are profiles for, oldest first."""
    folder = resources.files("resources.kernels")
    names = [
        item.name.removesuffix(_SUFFIX) for item in folder.iterdir() if item.name.endswith(_SUFFIX)
    ]
    return tuple(sorted(names, key=lambda name: [int(part) for part in name.split(".")]))


def arches(kernel: str) -> tuple[str, ...]:
    """Return the architectures a version has a profile for."""
    return tuple(_document(kernel)["arch"])


@cache
def _document(kernel: str) -> dict[str, Any]:
    if kernel not in kernels():
        raise ProfileError(
            f"there is no profile of kernel {kernel!r}", advice=did_you_mean(kernel, kernels())
        )
    text = (resources.files("resources.kernels") / f"{kernel}{_SUFFIX}").read_text("utf-8")
    return tomllib.loads(text)


@cache
def load_profile(kernel: str, arch: str, experiment: bool = False) -> Profile:
    """Return the profile of a kernel version on an architecture.

    Args:
        kernel: Version ("5.12", "6.1", "6.12").
        arch: "x86_64", "arm64" or "ia64".
        experiment: Take the kernel of the measured experiment where the version has one (it was
            built without NUMA, so its frames differ).

    Raises:
        ProfileError: There is no such version, or it never had that architecture.
    """
    document = _document(kernel)
    if arch not in document["arch"]:
        reason = document.get("absent", {}).get(arch, f"kernel {kernel} has no profile of {arch}")
        known = ", ".join(document["arch"])
        raise ProfileError(reason, where=f"arch {arch}", advice=f"kernel {kernel} has: {known}")
    machine = document["arch"][arch]
    measured = bool(machine["measured"])
    functions = {
        name: _function(name, table, arch, measured)
        for name, table in document["functions"].items()
        if arch in table
    }
    notes = [] if measured else [_size_note(document, machine, arch)]
    variant = document.get("experiment", {}).get(arch) if experiment else None
    if variant is not None:
        functions = _as_in_experiment(functions, variant)
    elif experiment:
        notes.append("the allocating unwinder was measured on 6.1 x86_64 only")
    return Profile(
        kernel=kernel,
        arch=arch,
        tree=document["tree"]["version"],
        thread_bytes=machine["thread_bytes"],
        page_bytes=machine["page_bytes"],
        unwinder=machine["unwinder"],
        shares_stack=machine.get("shares_stack", False),
        kmalloc_min_bytes=machine.get("kmalloc_min_bytes", 8),
        pcp_max_order=document["pages"]["pcp_max_order"],
        depot=_depot_rules(document["stackdepot"]),
        stack_list=document["page_owner"]["stack_list"],
        strict_boot_parameter=document["page_owner"]["boot_parameter"] == "on",
        functions=functions,
        paths=_paths(document, machine, functions),
        absent_paths=machine.get("absent_paths", {}),
        slab_irqs_off=document["slab"]["irqs_off_in_refill"],
        filters_irq_stacks=document["stackdepot"]["filters_irq_stacks"],
        irq_boundary=frozenset(machine["irq"]["boundary"]),
        irq_own_stack=machine["irq"]["own_stack"],
        irq_note=machine["irq"]["note"],
        rq_lock=document["sched"]["rq_lock"],
        wake_lock=document["sched"]["wake_lock"],
        written=document["sched"]["written"],
        fork_note=document["sched"]["fork_note"],
        notes=tuple(notes),
    )


def _function(name: str, table: dict[str, Any], arch: str, measured: bool) -> Function:
    return Function(
        name=name,
        subsystem=table["subsystem"],
        stack_bytes=table[arch],
        essential=table.get("essential", ""),
        source=table["source"],
        inferred=not measured or table.get("inferred", False),
    )


def _size_note(document: dict[str, Any], machine: dict[str, Any], arch: str) -> str:
    note = machine.get("note", document["tree"]["stack_bytes"])
    return f"{document['version']} {arch}: {note}"


def _depot_rules(table: dict[str, Any]) -> DepotRules:
    return DepotRules(
        record_header_bytes=table["record_header_bytes"],
        pool_order=table["pool_order"],
        max_pools=table["max_pools"],
        keeps_offset=table["generation"] == "pools",
        nested_gfp=table["gfp"] == "nested",
        handle_index_bits=table["handle_index_bits"],
        lock=table["lock"],
        tries_in_nmi=table["nmi"] == "tries",
    )


def _as_in_experiment(
    functions: dict[str, Function], variant: dict[str, Any]
) -> dict[str, Function]:
    kept = {name: f for name, f in functions.items() if name not in variant["inlined"]}
    for name, stack_bytes in variant["stack_bytes"].items():
        kept[name] = replace(kept[name], stack_bytes=stack_bytes, inferred=False)
    return kept


def _paths(
    document: dict[str, Any], machine: dict[str, Any], functions: dict[str, Function]
) -> dict[str, tuple[str, ...]]:
    paths: dict[str, list[str]] = {name: [] for name in OPTIONAL_PATHS}
    paths |= {"syscall": machine["syscall"], **document["paths"], **machine["paths"]}
    return {
        name: tuple(function for function in path if function in functions)
        for name, path in paths.items()
    }
