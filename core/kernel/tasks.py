"""Simulated tasks: a stack counted in bytes and the bytes of a task_struct."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.guards.storage import TaskImage
from core.trace.routine import Routine


@dataclass(slots=True)
class Task:
    """One task of the simulated kernel.

    Attributes:
        number: Index in the machine.
        pid: Process id, as the owner records show it.
        comm: Name of the process.
        image: The bytes of its task_struct.
        used_bytes: Bytes of its stack in use while it does not run.
        stack: The calls on its stack, outermost first.
        saves: How many of its saves are past the guard right now.
    """

    number: int
    pid: int
    comm: str
    image: TaskImage
    used_bytes: int = 0
    stack: list[Routine] = field(default_factory=list)
    saves: int = 0
    done: bool = False
