"""The moment the guard returns dummy_handle, with what it spared."""

from __future__ import annotations

from dataclasses import dataclass

from core.trace.events import Function, Kind
from core.trace.trace import Trace

RETURNS = "dummy_handle"

_OWNER_FUNCTIONS = ("__set_page_owner", "__reset_page_owner")


@dataclass(frozen=True, slots=True)
class ShortCircuit:
    """One guard hit.

    Attributes:
        position: The event.
        task: Number of the task.
        stack: The calls on the stack, outermost first; save_stack is the last.
        avoided: The frames that would have followed, outermost first: the next turn of the
            recursion as the turn before it went.
        before_walk: Whether the unwind was spared too; a scan comes after it.
    """

    position: int
    task: int
    stack: tuple[Function, ...]
    avoided: tuple[Function, ...]
    before_walk: bool


def short_circuit_at(trace: Trace, position: int) -> ShortCircuit:
    """Return the guard hit at a position whose event is one."""
    calls = trace.calls_at(position)
    stack = tuple(trace.function(call) for call in calls)
    before_walk = trace.site(position).label == "test"
    return ShortCircuit(
        position,
        trace.task_at(position),
        stack,
        _avoided(trace, calls, stack, before_walk),
        before_walk,
    )


def _avoided(
    trace: Trace, calls: list[int], stack: tuple[Function, ...], before_walk: bool
) -> tuple[Function, ...]:
    """The frames between the save before this one and this one, with the walk before them.

    The outer save is doing what this one was kept from doing, so its way down to here is what
    would have followed. Where that way leads through the depot and not through the unwinder, the
    walk has to be put before it: the outer save has it behind itself already.
    """
    saves = [at for at, function in enumerate(stack) if function.name == "save_stack"]
    if len(saves) < 2:
        return _after_an_earlier_save(trace, calls, stack)
    outer = saves[-2]
    turn = stack[outer + 1 :]
    if before_walk and turn[0].subsystem != "unwinder":
        return (*_walk_chain(trace, calls[outer]), *turn)
    return turn


def _after_an_earlier_save(
    trace: Trace, calls: list[int], stack: tuple[Function, ...]
) -> tuple[Function, ...]:
    """The frames where no other save is on the stack: page_owner is at its stack list.

    The save before, in the same __set_page_owner, has returned; its walk is what a further one
    would have been like.
    """
    owners = [at for at, function in enumerate(stack[:-2]) if function.name in _OWNER_FUNCTIONS]
    if not owners:
        return ()
    owner = owners[-1]
    inside = range(calls[owner] + 1, calls[-1])
    earlier = (
        at
        for at in inside
        if trace.parents[at] == calls[owner]
        and trace.kind(at) is Kind.CALLED
        and trace.function(at).name == "save_stack"
    )
    save = next(earlier, None)
    chain = _walk_chain(trace, save) if save is not None else ()
    return (*chain, *stack[owner + 1 :])


def _walk_chain(trace: Trace, save: int) -> tuple[Function, ...]:
    """The unwinder's functions as an earlier walk of the same save called them."""
    chain: list[Function] = []
    enclosing = save
    for position in range(save + 1, len(trace)):
        if trace.kind(position) is Kind.CALLED and trace.parents[position] == enclosing:
            function = trace.function(position)
            if function.subsystem != "unwinder":
                break
            chain.append(function)
            enclosing = position
        elif trace.kind(position) is Kind.RETURNED:
            # The chain's way down is over, or the save itself is.
            break
    return tuple(chain)


def essential_names(functions: tuple[Function, ...]) -> list[str]:
    """Return the functions of the mail's chain among these, under the mail's names."""
    return [function.essential for function in functions if function.essential]
