"""Chrome's trace events: JSON that chrome://tracing, Perfetto and speedscope open.

Times are in microseconds; three digits behind the point keep the nanoseconds. A call that is still
open at the end has no ``E``, which the format allows.
"""

from __future__ import annotations

from typing import BinaryIO

from core.recording.writers.json_text import quoted
from core.recording.writers.marks import marks_of, processes_of
from core.trace.trace import Trace


def write(content: Trace, stream: BinaryIO) -> None:
    """Write a trace."""
    tasks = content.info.tasks
    processes = processes_of(tasks)
    owners = [f'"pid":{p},"tid":{t.pid}' for p, t in zip(processes, tasks, strict=True)]
    names = [
        f'{{"ph":"M","name":"{what}","ts":0,{owner},"args":{{"name":{quoted(task.comm)}}}}}'
        for owner, task in zip(owners, tasks, strict=True)
        for what in ("process_name", "thread_name")
    ]
    stream.write(b'{"displayTimeUnit":"ns","traceEvents":[\n')
    stream.write(",\n".join(names).encode())
    functions = [quoted(function.name) for function in content.functions]
    for chunk in marks_of(content).chunks():
        lines = [
            f',\n{{"ph":"{"B" if is_call else "E"}","name":{functions[function]},'
            f'"ts":{at // 1000}.{at % 1000:03},{owners[task]}}}'
            for is_call, function, task, at in chunk
        ]
        stream.write("".join(lines).encode())
    stream.write(b"\n]}\n")
