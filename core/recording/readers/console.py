"""A kernel log, as a console, dmesg or the journal shows it, with the call traces in it.

Each call trace is a record; its stack are the lines that are certain. What the log shows beside its
stacks stands in the profile's findings.
"""

from __future__ import annotations

import io

from core.recording.profile import Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.readers.frames import module_of
from core.recording.readers.kernel_log import (
    ConsoleLog,
    ConsoleReport,
    is_frame,
    is_logged,
    is_trace_begin,
    message_of,
    read_log,
)
from core.recording.readers.text_lines import TextLines, head_lines
from core.recording.readers.told_stacks import told
from core.recording.reading import Reading
from core.recording.source import Source

_MOST_NAMED = 3
"""So many functions that recur on a stack are named in its finding."""


def tell(head: bytes) -> float:
    """Return how sure it is that a file with these first bytes is a kernel log."""
    lines = head_lines(head)
    messages = [message_of(line)[0] for line in lines]
    if any(is_trace_begin(each) or told(each) is not None for each in messages) and any(
        map(is_frame, messages)
    ):
        return 0.85
    logged = sum(map(is_logged, lines))
    return 0.8 * logged / len(lines) if logged else 0.0


def read(source: Source, reading: Reading) -> StackProfile:
    """Read a kernel log: one record a call trace."""
    log = read_log(TextLines(source, reading), reading)
    info = ProfileInfo("console", source.title, "call traces", _findings(log))
    builder = ProfileBuilder(info)
    for report in log.reports:
        if not report.has_trace:
            continue
        what = f"({report.kind})"
        stack = report.stack or [Frame(what, what)]
        who = {"comm": report.comm, "pid": report.pid, "cpu": report.cpu}
        above = report.told
        numbers = {"ts_ns": report.ts_ns, "uncertain": len(report.unsure)}
        builder.add(
            stack,
            dimensions={
                "event": report.kind,
                **who,
                **(above.dimensions if above is not None else {}),
                "module": module_of(stack),
            },
            numbers=numbers if above is None else {**numbers, **above.numbers},
        )
    if not len(builder):
        reading.note("A kernel log without a call trace.")
    return builder.build()


def console_log(text: bytes) -> ConsoleLog:
    """Return what a kernel log holds, as values and not as sentences."""
    reading = Reading()
    return read_log(TextLines(Source(io.BytesIO(text), name="log"), reading), reading)


def _findings(log: ConsoleLog) -> tuple[tuple[str, str], ...]:
    found = [(report.kind.capitalize(), _sentence(report)) for report in log.reports]
    if log.levels is not None:
        bytes_apart = " or ".join(map(str, log.levels.apart_bytes))
        found.append(
            (
                "Levels in the tracer's buffer",
                f"The tracer saw save_stack entered {log.levels.count} levels deep, "
                f"{bytes_apart} bytes of stack apart.",
            )
        )
    return tuple(found)


def _sentence(report: ConsoleReport) -> str:
    """Say what a report is, and what recurs on its stack."""
    task = f" in {report.comm} (pid {report.pid})" if report.comm else ""
    kernel = f" on {report.release}" if report.release else ""
    said = f"Line {report.line:,}{task}{kernel}: {report.message}."
    if not report.has_trace:
        return f"{said} It has no call trace."
    unsure = report.unsure_counts
    recurs = [
        f"{name} {count} times" + (f" (and {unsure[name]} with “?”)" if unsure[name] else "")
        for name, count in report.certain_counts.most_common()
        if count > 1
    ]
    # The same recursion puts many functions on the stack: those of page_owner say which it is.
    recurs.sort(key=lambda text: not text.startswith(("save_stack ", "__set_page_owner ")))
    frames = f"{_counted(len(report.stack), 'frame')} for certain"
    if report.unsure:
        frames += f", {_counted(len(report.unsure), 'line')} with “?” apart"
    again = f"; on the stack are {', '.join(recurs[:_MOST_NAMED])}" if recurs else ""
    return f"{said} Its call trace has {frames}{again}."


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
