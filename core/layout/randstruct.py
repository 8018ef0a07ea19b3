"""CONFIG_RANDSTRUCT: a kernel whose members were shuffled, where nothing can be predicted.

One more member changes the whole permutation, so every offset would be another. BTF does not say
that a struct was shuffled. It shows in the kernel's configuration, in the anonymous struct that
the shuffled part of task_struct is wrapped in, and in an order of members that no source has.
"""

from __future__ import annotations

import itertools

from core.errors import LayoutError
from core.layout.model import TASK_STRUCT, KernelLayout, StructLayout

IN_SOURCE_ORDER = (
    # Members of task_struct in the order of include/linux/sched.h; v5.12, v6.1, v6.12 and v6.18
    # agree on all of them.
    "stack", "usage", "flags", "ptrace", "prio", "static_prio", "normal_prio", "rt_priority", "se",
    "rt", "dl", "policy", "nr_cpus_allowed", "cpus_mask", "tasks", "mm", "active_mm", "exit_state",
    "exit_code", "exit_signal", "pdeath_signal", "personality", "atomic_flags", "restart_block",
    "pid", "tgid", "real_parent", "parent", "children", "sibling", "group_leader", "utime", "stime",
    "gtime", "nvcsw", "nivcsw", "start_time", "min_flt", "maj_flt", "real_cred", "cred", "comm",
    "fs", "files", "nsproxy", "signal", "sighand", "blocked", "real_blocked", "pending",
    "sas_ss_sp", "sas_ss_size", "alloc_lock", "pi_lock", "journal_info", "io_context",
    "last_siginfo", "splice_pipe", "task_frag", "nr_dirtied", "timer_slack_ns", "thread",
)  # fmt: skip

_SHUFFLED_SHARE = 0.2
"""Of neighbours out of order: a shuffle leaves about half of them so, a moved member one or two."""

_WRAPPED_SHARE = 0.5
"""Of the struct inside one anonymous struct."""

_ADVICE = "take the layout of a kernel built without CONFIG_RANDSTRUCT"


def refuse_shuffled(layout: KernelLayout, config: str = "") -> None:
    """Refuse to predict anything about a shuffled struct.

    Args:
        layout: The struct.
        config: The configuration that says CONFIG_RANDSTRUCT, as a path; empty for none.

    Raises:
        LayoutError: It is shuffled, or its kernel's configuration says so.
    """
    reason = f"{config} has CONFIG_RANDSTRUCT" if config else shuffle_seen(layout.struct)
    if reason:
        raise LayoutError(
            f"{reason}: the members of struct {layout.struct.name} are shuffled, and one more"
            " changes the whole permutation, so nothing can be predicted",
            where=layout.name,
            advice=_ADVICE,
        )


def shuffle_seen(struct: StructLayout) -> str:
    """Return how a struct shows that it was shuffled, or an empty string."""
    if struct.name != TASK_STRUCT:
        return ""
    for member in struct.members:
        is_wrapper = not member.name and not member.is_union
        if is_wrapper and member.size_bits > struct.size_bytes * 8 * _WRAPPED_SHARE:
            return "the members stand inside an anonymous struct, as CONFIG_RANDSTRUCT makes it"
    offsets = [found.offset_bits for name in IN_SOURCE_ORDER if (found := struct.find(name))]
    out_of_order = sum(later < earlier for earlier, later in itertools.pairwise(offsets))
    if out_of_order > max(2, len(offsets) * _SHUFFLED_SHARE):
        return "the members stand in an order that no source has, as CONFIG_RANDSTRUCT makes it"
    return ""
