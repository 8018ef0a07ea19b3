"""The moment the guard returns dummy_handle, with what it spared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.trace.events import Function, Kind
from core.trace.trace import Trace

RETURNS = "dummy_handle"

_BEFORE_WALK = ("test", "flag")
"""Labels of the lines that turn a save away before its walk."""
_LIST_FUNCTION = "add_stack_record_to_list"
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
        interrupt: Name of the interrupt that asked, where it came amid the save that set the guard;
            its page loses its owner though nothing recurses.
        stuck: Whether nothing on this stack set the guard: its state was left on, or is another
            task's where it belongs to the CPU.
    """

    position: int
    task: int
    stack: tuple[Function, ...]
    avoided: tuple[Function, ...]
    before_walk: bool
    interrupt: str = ""
    stuck: bool = False

    @property
    def reason(self) -> str:
        """Why the guard turned the save away, as part of a sentence."""
        if self.interrupt:
            return f"in interrupt {self.interrupt}, which came amid a save"
        return "though no save is under way on its stack" if self.stuck else "a save inside a save"


def short_circuit_at(trace: Trace, position: int) -> ShortCircuit:
    """Return the guard hit at a position whose event is one."""
    calls = trace.calls_at(position)
    stack = tuple(trace.function(call) for call in calls)
    before_walk = trace.site(position).label in _BEFORE_WALK
    interrupt = _interrupt_amid_save(trace, calls, stack, position)
    return ShortCircuit(
        position,
        trace.task_at(position),
        stack,
        _spared(trace, calls, stack) if interrupt else _avoided(trace, calls, stack, before_walk),
        before_walk,
        interrupt,
        not interrupt and _is_stuck(trace, calls, stack),
    )


def _is_stuck(trace: Trace, calls: list[int], stack: tuple[Function, ...]) -> bool:
    """Whether the guard is on though this stack has no other save and no stack list."""
    if trace.info.guard.design in ("scan", "unknown"):
        return False
    return not any(fn.name in ("save_stack", _LIST_FUNCTION) for fn in stack[:-1]) and not any(
        _earlier_saves(trace, calls, stack)
    )


def _interrupt_amid_save(
    trace: Trace, calls: list[int], stack: tuple[Function, ...], position: int
) -> str:
    """The interrupt between the save that was turned away and the one that set the guard.

    Empty where no interrupt lies between the two: then the save recursed.
    """
    open_ones = trace.cpus.interrupts_at(position) if trace.info.interrupts else ()
    saves = [call for call, fn in zip(calls, stack, strict=True) if fn.name == "save_stack"]
    spans = trace.cpus.interrupts
    for one in reversed(open_ones):
        came = int(spans.starts[one])
        if not any(came < save for save in saves[:-1]):
            return trace.info.interrupts[int(spans.numbers[one])].name
    return ""


def _spared(trace: Trace, calls: list[int], stack: tuple[Function, ...]) -> tuple[Function, ...]:
    """The walk of a save in an interrupt: it would have been as that of the interrupted save.

    Nothing recurses there, so nothing else is avoided.
    """
    saves = [at for at, function in enumerate(stack) if function.name == "save_stack"]
    return _walk_chain(trace, calls[saves[-2]]) if len(saves) > 1 else ()


def _avoided(
    trace: Trace, calls: list[int], stack: tuple[Function, ...], before_walk: bool
) -> tuple[Function, ...]:
    """The frames between the save before this one and this one, with the walk before them.

    The outer save is doing what this one was kept from doing, so its way down to here is what
    would have followed. Where that way leads through the depot and not through the unwinder, the
    walk has to be put before it: the outer save has it behind itself already.
    """
    saves = [at for at, function in enumerate(stack) if function.name == "save_stack"]
    if saves and saves[-1] < len(stack) - 1:
        # A flag in the mask: __set_page_owner was turned away, and save_stack is not even called.
        outer = saves[-1]
        return (stack[outer], *_walk_chain(trace, calls[outer]), *stack[outer + 1 :])
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
    owner = _owner(stack)
    if owner is None:
        return ()
    save = next(_earlier_saves(trace, calls, stack), None)
    chain = _walk_chain(trace, save) if save is not None else ()
    return (*chain, *stack[owner + 1 :])


def _owner(stack: tuple[Function, ...]) -> int | None:
    """Where the innermost function of page_owner's two is on a stack, None where neither is."""
    owners = [at for at, function in enumerate(stack[:-2]) if function.name in _OWNER_FUNCTIONS]
    return owners[-1] if owners else None


def _earlier_saves(trace: Trace, calls: list[int], stack: tuple[Function, ...]) -> Iterator[int]:
    """The saves before this one in the same call of page_owner's function."""
    owner = _owner(stack)
    if owner is None:
        return iter(())
    return (
        at
        for at in range(calls[owner] + 1, calls[-1])
        if trace.parents[at] == calls[owner]
        and trace.kind(at) is Kind.CALLED
        and trace.function(at).name == "save_stack"
    )


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
