"""What the call stack says about a moment, in words. No Qt, and numpy only once a run is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.trace.events import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.trace.info import TraceInfo
    from core.trace.short_circuit import ShortCircuit
    from core.trace.trace import Trace
    from gui.widgets.stack.scene import CardLook

VERBS = {
    Kind.CALLED: "call",
    Kind.RETURNED: "return",
    Kind.STEPPED: "step",
    Kind.LOADED: "load",
    Kind.MODIFIED: "modify",
    Kind.STORED: "store",
    Kind.TESTED: "test",
    Kind.SHORT_CIRCUITED: "guard",
    Kind.WALK_STARTED: "walk",
    Kind.FRAME_UNWOUND: "unwind",
    Kind.WALK_ENDED: "walk",
    Kind.PAGE_ALLOCATED: "page",
    Kind.PAGE_FREED: "page",
    Kind.ALLOCATION_FAILED: "failed",
    Kind.OWNER_SET: "owner",
    Kind.OWNER_HANDLE: "owner",
    Kind.OWNER_FREED: "owner",
    Kind.FREE_HANDLE: "owner",
    Kind.DEPOT_HIT: "depot",
    Kind.DEPOT_STORED: "depot",
    Kind.DEPOT_REFUSED: "depot",
    Kind.POOL_OPENED: "depot",
    Kind.SPARE_KEPT: "depot",
    Kind.OBJECT_TAKEN: "slab",
    Kind.OBJECT_FREED: "slab",
    Kind.LOCK_TAKEN: "lock",
    Kind.LOCK_RELEASED: "unlock",
    Kind.LOCK_SPUN: "spin",
    Kind.TASK_SWITCHED: "switch",
    Kind.WARNED: "warning",
    Kind.STOPPED: "stop",
    Kind.SCRIPT_ADDED: "script",
    Kind.SCRIPT_BUILT: "script",
    Kind.SCRIPT_EVICTED: "script",
    Kind.INTERRUPTED: "interrupt",
    Kind.INTERRUPT_ENDED: "interrupt",
    Kind.IRQS_OFF: "irqs off",
    Kind.IRQS_ON: "irqs on",
    Kind.FIELD_LOADED: "load",
    Kind.FIELD_STORED: "store",
    Kind.LOST_UPDATE: "lost",
    Kind.TASK_BLOCKED: "sleep",
    Kind.TASK_WOKEN: "wake",
    Kind.TASK_FORKED: "fork",
    Kind.TASK_EXITED: "exit",
    Kind.TASK_MIGRATED: "migrate",
}
"""One word for what the innermost frame is doing."""


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, 11th, 21st ..."""
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number % 10, 'th')}"


def plural(count: int, word: str) -> str:
    """Return a count with its word."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def doing(trace: Trace, position: int, card_call: int, mark: str = "") -> str:
    """Return what the newest card is doing, as the rest of a sentence that starts with its name.

    Args:
        trace: The run.
        position: The event at the cursor.
        card_call: The call the card stands for. Where frames are hidden the event may have
            happened further in; then the sentence is returned whole.
        mark: What stands for what the guard's word holds; empty for the values themselves.
    """
    from core.trace.explain import explain, handle_name

    kind = trace.kind(position)
    sentence = explain(trace, position, mark=mark).removesuffix(".")
    if trace.open_call(position) != card_call or card_call < 0:
        return sentence
    if kind is Kind.CALLED:
        caller = int(trace.parents[position])
        size = trace.function(position).stack_bytes
        by = f"called by {trace.function(caller).name}" if caller >= 0 else "entered from outside"
        return f"{by}: {plural(size, 'byte')} more on the stack" if size else by
    if kind is Kind.RETURNED:
        inner = trace.function(position).name
        if inner == "save_stack":
            return f"gets {handle_name(trace, trace.argument(position))} back from {inner}"
        return f"goes on: {inner} has returned"
    return sentence.removeprefix(f"{trace.function(card_call).name} ")


# -- the guard ----------------------------------------------------------------------------------


def guard_title(trace: Trace, hit: ShortCircuit) -> str:
    """Return the barrier's line: what the guard saw, and what comes back."""
    position = hit.position
    value, guard = trace.argument(position), trace.info.guard
    if guard.design == "unknown":
        return "guard: save_stack is on this stack already → returns dummy_handle"
    if trace.site(position).label == "scan":
        return (
            f"scan: own return address found in entry {value} → dummy_handle, "
            "the unwind was already paid"
        )
    if guard.design == "gfp":
        return "guard: __GFP_NO_OWNER is in the mask → dummy_handle, save_stack is not called"
    limit = "" if guard.field == "in_page_owner" else f", the maximum is {guard.max_depth}"
    if hit.interrupt:
        limit = ", set by the save it interrupted"
    elif hit.stuck:
        limit = ", but no save is under way here"
    return f"guard: {guard.field} is {value}{limit} → returns dummy_handle"


def guard_detail(hit: ShortCircuit) -> str:
    """Return what the short-circuit costs the page's record, and to whom it goes back."""
    caller = hit.stack[-2].name if len(hit.stack) > 1 else "its caller"
    spared = "no unwind, no allocation" if hit.before_walk else "no depot save"
    if hit.interrupt:
        why = f"Interrupt {hit.interrupt} came amid a save: nothing recurses, yet"
        return f"Back to {caller}: {spared}.\n{why} its page loses its owner."
    if hit.stuck:
        why = "No save is under way here: the guard was left on, and"
        return f"Back to {caller}: {spared}.\n{why} every page loses its owner."
    return f"Back to {caller}: {spared}.\nThe page's record loses only its stack."


def avoided_label(hit: ShortCircuit) -> str:
    """Return what the frames below the barrier are."""
    count = len(hit.avoided)
    if not count or hit.interrupt or hit.stuck:
        return "avoided: an unwind and a depot save"
    stack_bytes = sum(function.stack_bytes for function in hit.avoided)
    if not any(function.name == "save_stack" for function in hit.avoided):
        return f"avoided: {plural(count, 'frame')}{_bytes(stack_bytes)}"
    return f"avoided: {plural(count, 'frame')}{_bytes(stack_bytes, ' a level')}, without end"


def _bytes(stack_bytes: int, each: str = "") -> str:
    """Return a size as the end of a phrase; a recording does not know the size of its frames."""
    return f", {stack_bytes:,} bytes{each}" if stack_bytes else ""


def span_bytes(looks: Sequence[CardLook]) -> int:
    """Return the stack from the first of these frames to the last, hidden ones among them too."""
    if not looks:
        return 0
    return looks[-1].used_bytes - looks[0].used_bytes + looks[0].stack_bytes


def avoided_heading(label: str, looks: Sequence[CardLook]) -> str:
    """Return the line over the frames that do not happen, true where some are left out."""
    if span_bytes(looks) == sum(look.stack_bytes for look in looks):
        return label
    return label.replace(" frames", f" frames ({len(looks):,} essential)", 1)


def fold_words(folded: Sequence[CardLook]) -> str:
    """Return what the stripe that stands for old frames says."""
    words = f"… {plural(len(folded), 'frame')} …"
    levels = sorted({look.level for look in folded if look.level})
    if levels:
        span = f"{levels[0]}–{levels[-1]}" if len(levels) > 1 else f"{levels[0]}"
        words += f"   level{'s' if len(levels) > 1 else ''} {span}"
    size = span_bytes(folded)
    return f"{words}   {size:,} bytes" if size else words


def returned_title(trace: Trace, position: int) -> str:
    """Return the barrier's line one event later, when save_stack is off the stack again."""
    caller = trace.open_call(position)
    name = trace.function(caller).name if caller >= 0 else "its caller"
    return f"dummy_handle goes back to {name}: the recursion is over"


def guard_tag(trace: Trace, call: int, position: int) -> tuple[str, bool]:
    """Return what a save_stack made of the guard's field, and whether the field wrapped.

    Args:
        trace: The run.
        call: The call of save_stack.
        position: The cursor; later events have not happened.

    Returns:
        For example ``("depth 1→2", False)``; empty before the word was stored.
    """
    guard = trace.info.guard
    if not guard.unit_bytes:
        return "", False
    before: int | None = None
    for at in range(call + 1, min(position, call + LONGEST_ENTRY) + 1):
        if trace.parents[at] != call:
            continue
        site = trace.site(at)
        if site.kind is Kind.TESTED:
            before = trace.argument(at)
        elif site.kind is Kind.STORED and site.label == "set" and before is not None:
            after = guard.value_of(trace.values[trace.argument(at)])
            name = "flag" if guard.field == "in_page_owner" else "depth"
            return f"{name} {before}→{after}", after <= before
    return "", False


LONGEST_ENTRY = 64
"""Events between the start of a save and the guard's store: six, and those of other tasks."""


# -- the end ------------------------------------------------------------------------------------


def stop_words(info: TraceInfo) -> tuple[str, str]:
    """Return the title and the detail of the band at the end of a run that stopped."""
    detail = info.outcome_detail
    if info.outcome == "stack_overflow":
        return _overflow_words(info)
    if info.outcome == "deadlock":
        cycle = detail.get("cycle") if detail.get("how", "self") != "self" else ""
        if cycle:
            return f"deadlock: {detail['waits_in']} waits for {detail['lock']}", str(cycle)
        own = detail["holder"] == detail["waiter"]
        who = f"{detail['holder']} itself" if own else f"{detail['holder']}"
        return (
            f"deadlock: {detail['waits_in']} waits for {detail['lock']}",
            f"Taken in {detail['taken_in']} by {who}, which can never release it.",
        )
    if info.outcome == "out_of_memory":
        return "out of memory", "An allocation that may not fail found no page."
    if info.outcome == "budget_exhausted":
        events = detail.get("budget_events", 0)
        return "budget exhausted", f"The run was ended after {events:,} events; it would go on."
    return info.outcome.replace("_", " "), ""


def _overflow_words(info: TraceInfo) -> tuple[str, str]:
    used, limit = info.outcome_detail["used_bytes"], info.outcome_detail["thread_bytes"]
    title = f"stack overflow: byte {used:,} of {limit:,}"
    name = info.outcome_detail["function"]
    if info.reserved_bytes:
        return title, (
            f"{name} runs into the {info.reserved_bytes:,} bytes of task_struct that lie in the "
            "same pages."
        )
    return title, f"{name} runs into the guard page: the kernel dies."


def past_the_end(info: TraceInfo) -> str:
    """Return what lies behind the last byte of the stack."""
    return "task_struct" if info.reserved_bytes else "guard page"


def card_tip(look: CardLook, trace: Trace | None) -> str:
    """Return everything about a card, as a tool tip."""
    lines = [look.name if not look.kernel_name else f"{look.name}  ({look.kernel_name})"]
    if look.source:
        lines.append(look.source)
    if look.used_bytes:
        in_use = "" if look.asked else f", {look.used_text} in use with it"
        lines.append(f"{plural(look.stack_bytes, 'byte')} on the stack{in_use}")
    if look.occurrence > 1:
        lines.append(f"{ordinal(look.occurrence)} time on this stack")
    if look.tag:
        lines.append(f"{look.tag}: what this save made of the guard's field")
    if look.wrapped:
        lines.append("The field wrapped around: the guard does not see this save.")
    if look.inferred and look.stack_bytes:
        about = "; ".join(trace.info.inferred) if trace is not None else ""
        lines.append(f"~ This frame's size is inferred, not measured. {about}".strip())
    return "\n".join(lines)
