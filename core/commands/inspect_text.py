"""A recording told in the terminal: what it is, what is special in it, and its heaviest groups."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

Told = dict[str, Any]

_NO_TERMINAL_WIDTH = 1 << 16
"""Columns where nobody looks: a file or a pipe gets whole lines."""

_MOST_HIT_STACKS = 3
_MOST_RECURSIONS = 8
_TITLE_WIDTH = 13
_GUARD_WIDTH = len("backtrace")

_STATUS_STYLES = {"added": "bold yellow", "grown": "yellow", "gone": "bold blue", "shrunk": "blue"}
"""Colours that all can tell apart."""


def tell(told: Told, console: Console | None = None) -> None:
    """Print what ``core.recording.inspect`` found.

    Args:
        told: What it found.
        console: Where to print, the terminal if not given.
    """
    console = console or Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = max(console.width, _NO_TERMINAL_WIDTH)
    console.print(f"[bold]{escape(told['name'])}[/]: {escape(told['title'])}")
    lines = _trace_lines(told) if told["kind"] == "trace" else _profile_lines(told)
    for title, text in lines:
        _tell_line(title, text, console)
    if told["kind"] == "trace":
        _tell_hits(told, console)
        _tell_what_if(told, console)
    console.print()
    _tell_table(_differences(told) if "differences" in told else _top(told), console)
    _tell_rest(told, console)


def _tell_line(title: str, text: str, console: Console, title_width: int = _TITLE_WIDTH) -> None:
    """Print a titled line; in a terminal what does not fit stands below its beginning."""
    indent = title_width + 2
    width = max(console.width - indent, indent)
    parts = textwrap.wrap(text, width) if console.is_terminal else [text]
    for number, part in enumerate(parts):
        console.print(f"  {'' if number else title:<{title_width}}{escape(part)}")


# -- profiles -----------------------------------------------------------------------------------


_EVENTS = ("trace_events", "perf_script")
"""Formats whose records are events, and not memory that is in use."""


def _profile_lines(told: Told) -> Iterator[tuple[str, str]]:
    unit = told["unit"].removesuffix("s")
    holds = [_count(told["records"], unit)]
    if told["filter"]:
        holds[0] += f" of {told['records_in_file']:,}"
    if told["pages"] is not None:
        pages, size = _count(told["pages"], "page"), _size(told["bytes"] or 0)
        if told["format"] in _EVENTS:  # of all events together: nothing says what stayed in use
            holds.append(f"{pages} and {size} allocated or freed")
        else:
            holds.append(f"{pages} ({size})")
    holds.append(_count(told["unique_stacks"], "different stack"))
    yield "holds", ", ".join(holds)
    if told["filter"]:
        yield "filter", told["filter"]
    yield from told["special_means"].items()
    for each in told["recursions"][:_MOST_RECURSIONS]:
        yield (
            "recursion",
            (
                f"{each['function']}, {each['deepest']} times on one stack, in"
                f" {_count(each['records'], unit)}"
            ),
        )
    for finding in told["findings"]:
        yield "found", f"{finding['title']}: {finding['text']}"


# -- traces -------------------------------------------------------------------------------------


def _trace_lines(told: Told) -> Iterator[tuple[str, str]]:
    calls = told["calls"]
    yield (
        "calls",
        (
            f"{calls['closed']:,} closed, {calls['open_at_start']:,} open at the start,"
            f" {calls['open_at_end']:,} open at the end; {told['max_depth']} deep at most"
        ),
    )
    cpus = f"{_count(told['cpus'], 'CPU')}, " if told["cpus"] else ""
    least = " at least, put together from durations" if told["times_inferred"] else ""
    covers = f"{_time(told['duration_ns'])}{least}" if told["duration_ns"] else "no times"
    yield "covers", f"{cpus}{_count(told['tasks'], 'task')}, {told['events']:,} events, {covers}"
    if told["filter"]:
        yield "filter", told["filter"]
    for each in told["recursions"][:_MOST_RECURSIONS]:
        yield (
            "recursion",
            (
                f"{each['function']}: {_count(each['calls'], 'call')} inside another of its own,"
                f" {each['deepest']} on the stack at most"
            ),
        )
    if len(told["recursions"]) > _MOST_RECURSIONS:
        yield "", f"and {len(told['recursions']) - _MOST_RECURSIONS} more functions"
    yield "guard hits", _hits(told)


def _hits(told: Told) -> str:
    hits, comments = told["guard_hits"], told["hit_comments"]
    text = "unknown" if hits is None else f"{hits:,}, told by structure alone"
    if comments["all"]:
        text += (
            f"; the file's own comments report {comments['all']:,}, {comments['apart']:,} of them"
            " beside calls whose outer part was not recorded"
        )
    return text


def _tell_hits(told: Told, console: Console) -> None:
    """Draw the stacks on which a guard turned a save away."""
    for each in told["guard_hit_stacks"][:_MOST_HIT_STACKS]:
        console.print(f"\n  {_count(each['hits'], 'guard hit')} here:")
        last = len(each["stack"]) - 1
        for depth, name in enumerate(each["stack"]):
            mark = "  [bold yellow]◀ turned away: returns dummy_handle[/]" if depth == last else ""
            branch = "└ " if depth else ""
            console.print(f"    {' ' * 2 * max(0, depth - 1)}{branch}{escape(name)}{mark}")
    left = len(told["guard_hit_stacks"]) - _MOST_HIT_STACKS
    if left > 0:
        console.print(f"\n  and on {_count(left, 'other stack')}")


def _tell_what_if(told: Told, console: Console) -> None:
    """Print what other guards would have done, where there is anything for them to do."""
    rows = told["what_if"]
    if not any(each["cut"] or each["not_knowable"] for each in rows):
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("with another guard", min_width=_GUARD_WIDTH)
    for heading in ("cut", "cut anyway", "gone", "calls spared", "time spared", "?"):
        table.add_column(heading, justify="right")
    for each in rows:
        names = ("cut", "cut_anyway", "gone", "saved_calls")
        numbers = [f"{each[name]:,}" for name in names]
        unknown = f"{each['not_knowable']:,}" if each["not_knowable"] else ""
        table.add_row(each["guard"], *numbers, _time(each["saved_ns"]), unknown)
    console.print()
    _tell_table(table, console)
    told_apart: dict[tuple[str, ...], list[str]] = {
        ("cut, gone",): ["saves that the guard turns away, and those that are never made for it."],
        ("?",): ["calls that were turned away and that this guard lets pass."],
    }
    for who, sentence in _said_of(rows):
        told_apart.setdefault(who, []).append(sentence)
    for who, sentences in told_apart.items():
        about = f"{'; '.join(who)}: " if who else ""
        _tell_line("", about + " ".join(sentences), console, title_width=0)


def _said_of(rows: list[Told]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each sentence once, with the guards it is about; none where it is about all."""
    for sentence in dict.fromkeys(sentence for each in rows for sentence in each["sentences"]):
        who = tuple(each["guard"] for each in rows if sentence in each["sentences"])
        yield () if len(who) == len(rows) else who, sentence


# -- groups -------------------------------------------------------------------------------------


def _top(told: Told) -> Table:
    by, weight = told["by"], told["weight"]
    numbers = [name for name in ("calls", "records", "pages", "bytes", "ns") if _has(told, name)]
    table = _table([*numbers, "share", *(["self"] if _has_self(told) else [])], by)
    total = told["total"]
    for each in told["top"]:
        cells = [_number(name, each[name]) for name in numbers]
        shown = each[weight if weight in each else "calls"]
        cells.append(f"{shown / total:.1%}" if total else "")
        if _has_self(told):
            cells.append(_self(each, weight))
        table.add_row(*cells, Text(_value(each, by)))
    return table


def _has(told: Told, name: str) -> bool:
    return any(name in each for each in told["top"])


def _has_self(told: Told) -> bool:
    return any("self" in each or "self_ns" in each for each in told["top"])


def _self(each: Told, weight: str) -> str:
    if "self_ns" in each:
        return _number("ns", each["self_ns"])
    return _number(weight, each["self"][weight])


def _differences(told: Told) -> Table:
    by, compared = told["by"], told["compared"]
    weight = compared["weight"]
    table = _table([f"{'time' if weight == 'ns' else weight} before", "after", "change", ""], by)
    for each in told["differences"]:
        style = _STATUS_STYLES.get(each["status"], "dim")
        change = each["change"]
        shown = f"{change:+.2%}" if compared["normalised"] else _signed(weight, change)
        table.add_row(
            _number(weight, each["base"][weight]),
            _number(weight, each[weight]),
            Text(shown, style),
            Text(each["status"], style),
            Text(_value(each, by)),
        )
    return table


def _tell_table(table: Table, console: Console) -> None:
    """Print a table; where nobody looks, without the blanks that fill its last column."""
    if not table.row_count:
        console.print("there is nothing to show")
    elif console.is_terminal:
        console.print(table)
    else:
        with console.capture() as printed:
            console.print(table)
        for line in printed.get().splitlines():
            console.out(line.rstrip(), highlight=False)


def _table(numbers: list[str], by: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in numbers:
        table.add_column("time" if name == "ns" else name, justify="right", no_wrap=True)
    table.add_column(f"{by} (root first)" if by == "stack" else by, overflow="fold")
    return table


def _value(each: Mapping[str, Any], by: str) -> str:
    value = each[by]
    text = " > ".join(value) if isinstance(value, list) else str(value)
    return text or "(none)"


# -- the rest -----------------------------------------------------------------------------------


def _tell_rest(told: Told, console: Console) -> None:
    shown = told["differences"] if "differences" in told else told["top"]
    groups = sum(_statuses(told).values()) if "differences" in told else told["groups"]
    if groups > len(shown):
        console.print(f"[dim]{len(shown):,} of {groups:,}; --top 0 shows all[/]")
    if "differences" in told:
        counts = [f"{number:,} {status}" for status, number in _statuses(told).items()]
        console.print()
        _tell_below(f"compared with {told['base']['name']}: {', '.join(counts)}", "", console)
    if told["bad_lines"]:
        bad = _count(told["bad_lines"], "line")
        first = f"could not be understood, the first is {told['first_bad']}"
        _tell_below(f"{bad} {first}", "yellow", console)
    for name, what in (("bad_records", "left out"), ("truncated_records", "cut short, kept")):
        if told.get(name):
            _tell_below(f"{_count(told[name], 'record')} {what}", "yellow", console)
    for note in told["notes"]:
        _tell_below(f"note: {note}", "dim", console)


def _tell_below(text: str, style: str, console: Console) -> None:
    """Print a sentence below the table; in a terminal whole words go to the next line."""
    for part in textwrap.wrap(text, console.width) if console.is_terminal else [text]:
        console.print(Text(part, style))


def _statuses(told: Told) -> dict[str, int]:
    return {name: told["compared"][name] for name in ("added", "gone", "grown", "shrunk", "same")
            if name in told["compared"]}  # fmt: skip


def _number(name: str, value: int) -> str:
    if name == "bytes":
        return _size(value)
    return _time(value) if name == "ns" else f"{value:,}"


def _signed(name: str, value: int) -> str:
    sign = "-" if value < 0 else "+" if value else ""
    return f"{sign}{_number(name, abs(value))}"


def _size(count_bytes: int) -> str:
    value = float(count_bytes)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if value < 1024:
            return _count(count_bytes, "byte") if unit == "bytes" else f"{value:,.2f} {unit}"
        value /= 1024
    return f"{value:,.2f} TiB"


def _time(ns: int) -> str:
    for unit, length in (("s", 10**9), ("ms", 10**6), ("µs", 10**3)):
        if ns >= length:
            return f"{ns / length:,.3f} {unit}"
    return f"{ns:,} ns"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
