"""``ownerscope layout``: a kernel's struct, and what one more field in it costs."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from core.errors import LayoutError, OwnerscopeError

if TYPE_CHECKING:
    from core.commands import Commands
    from core.layout.analysis import Analysis, Answer, Question
    from core.layout.report import Report

NAME = "layout"

_EPILOG = """\
A SOURCE is a bundled kernel, 'this-machine' (the default), BTF, a vmlinux, a vmlinuz, an object
with DWARF, pahole's text, a saved layout, or '-' for standard input; its content tells which, and
it may be compressed. Several make a table.

  ownerscope layout --compare
  ownerscope layout vmlinuz-6.1.0 --field "unsigned long x" --place after:comm
  pahole -C task_struct vmlinux | ownerscope layout - --field uint
"""


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        NAME,
        help="a kernel's struct, and what one more field in it costs",
        description="Show a kernel's struct, and what one more field in it costs.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("sources", nargs="*", metavar="SOURCE", help="what to read (see below)")
    add("--struct", default="task_struct", metavar="S", help="look at another struct")
    add("--field", metavar="F", help="the field to add: uint, u8, bit1, bit2 or 'TYPE NAME[:BITS]'")
    add(
        "--place",
        default="",
        metavar="P",
        help="where: v1, upstream, grpend, end, after:MEMBER or before:MEMBER",
    )
    add("--align", type=int, metavar="N", help="alignment of the struct, if you know it")
    add("--arch", default="", metavar="A", help="architecture, where the source does not tell")
    add("--kernel", default="", metavar="V", help="release, where the source does not tell")
    add("--config", default="", metavar="FILE", help="the kernel's .config")
    add("--cpus", type=int, metavar="N", help="CPUs present")
    add("--page-bytes", type=int, metavar="N", help="size of a page")
    add("--line-bytes", type=int, metavar="N", help="size of a cache line")
    add("--xstate", type=int, metavar="BYTES", help="x86: 'context size' of the boot message")
    add("--tasks", type=int, metavar="N", help="count the memory of so many tasks")
    add("--compare", action="store_true", help="unsigned int, 1 bit and 2 bits side by side")
    add("--exact", metavar="CC", help="let a C compiler lay it out; cc finds one that fits")
    add("--dwarf", action="store_true", help="read debug information rather than BTF")
    add("--json", action="store_true", help="print JSON for programs")
    add("--pahole", action="store_true", help="print the struct as pahole does")
    parser.set_defaults(carry_out=layout)


def layout(options: argparse.Namespace) -> int:
    """Show a kernel's struct, and what one more field in it costs."""
    from core.layout.library import THIS_MACHINE

    question = _question(options)
    asked = Asked(options)
    names = options.sources or [THIS_MACHINE]
    if len(names) > 1:
        return _survey(names, question, asked, options)
    analysis, answer, compared = asked.of(names[0], question)
    if options.pahole:
        _print_pahole(analysis, answer)
    elif options.json:
        from core.layout.report import report

        _print_json(report(analysis, answer, compared))
    else:
        from core.commands.layout_text import tell

        tell(analysis, answer, compared)
    return 0


def _question(options: argparse.Namespace) -> Question:
    from core.layout.analysis import Question

    return Question(
        struct=options.struct.strip().removeprefix("struct ").removeprefix("union ").strip(),
        align_bytes=_power("--align", options.align, 1 << 20),
        arch=options.arch,
        release=_release(options.kernel),
        cpus=_number("--cpus", options.cpus, 1 << 16),
        page_bytes=_power("--page-bytes", options.page_bytes, 1 << 20, least=1 << 12),
        line_bytes=_power("--line-bytes", options.line_bytes, 1 << 12, least=1 << 4),
        xstate_bytes=_number("--xstate", options.xstate, 1 << 20),
        tasks=_number("--tasks", options.tasks, 1 << 32),
    )


class Asked:
    """What is asked of each kernel."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.field, self.place, self.compare = options.field, options.place, options.compare
        self.exact, self.config, self.dwarf = options.exact, options.config, options.dwarf
        if options.json and options.pahole:
            raise LayoutError("give --json or --pahole, not both", where="--pahole")
        if self.field is not None and not self.field.strip():
            raise LayoutError("the field is empty", where="--field", advice="give uint, say")
        if self.place and not (self.field or self.compare):
            raise LayoutError(
                "a place needs a field to put there", where="--place", advice="give --field too"
            )
        if self.exact and not (self.field or self.compare):
            raise LayoutError(
                "there is nothing to compile", where="--exact", advice="give --field or --compare"
            )

    def of(
        self, source: str, question: Question
    ) -> tuple[Analysis, Answer | None, tuple[Answer, ...]]:
        """Return what one kernel answers.

        Raises:
            LayoutError: It cannot be read, or nothing can be predicted.
        """
        from core.layout.source_analysis import analyse_source

        is_asked = bool(self.field or self.compare or self.config)
        analysis = analyse_source(
            source, question, config=self.config, find_config=is_asked, prefer_dwarf=self.dwarf
        )
        answer = self._ask(analysis, self.field, self.place) if self.field else None
        compared: tuple[Answer, ...] = ()
        if self.compare:
            from core.layout.field import GUARD_FIELDS

            compared = tuple(self._ask(analysis, name, self.place) for name in GUARD_FIELDS)
        return analysis, answer, compared

    def _ask(self, analysis: Analysis, field: str, place: str) -> Answer:
        if not self.exact:
            return analysis.ask(field, place)
        from core.layout.compiled import compiled

        return analysis.priced(compiled(analysis, field, place, self.exact))


def _survey(names: list[str], question: Question, asked: Asked, options: argparse.Namespace) -> int:
    """Tell about several kernels; one that cannot be read does not stop the others."""
    from core.layout.report import report

    failed, told = 0, []
    reports: list[Report] = []
    for name in names:
        try:
            found = asked.of(name, question)
        except OwnerscopeError as error:
            failed += 1
            line = " ".join(str(error).split())
            print(f"ownerscope: {line}", file=sys.stderr)
            reports.append({"schema": 1, "source": {"name": name}, "error": line})
            continue
        if options.pahole:
            _print_pahole(*found[:2])
        told.append(found)
        reports.append(report(*found))
    if options.json:
        _print_json(reports)
    elif not options.pahole and told:
        from core.commands.layout_text import tell_survey

        tell_survey(told)
    return 2 if failed else 0


def _print_pahole(analysis: Analysis, answer: Answer | None) -> None:
    """Print the struct as pahole does, with the field in it where one was asked for."""
    from core.layout.pahole_text import printed

    struct = answer.what_if.after if answer is not None else analysis.layout.struct
    sys.stdout.write(printed(struct, analysis.types))


def _print_json(told: Report | list[Report]) -> None:
    import json

    print(json.dumps(told, indent=2))


def _number(option: str, value: int | None, most: int, least: int = 1) -> int:
    if value is None:
        return 0
    if not least <= value <= most:
        raise LayoutError(f"{value} is not between {least} and {most}", where=option)
    return value


def _power(option: str, value: int | None, most: int, least: int = 1) -> int:
    number = _number(option, value, most, least)
    if number & (number - 1):
        raise LayoutError(f"{number} is no power of two", where=option)
    return number


def _release(text: str) -> str:
    import re

    if text and not re.match(r"\d+\.\d+", text):
        raise LayoutError(
            f"expected a release such as 6.1 or 6.1.192, got {text!r}", where="--kernel"
        )
    return text
