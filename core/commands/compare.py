"""``ownerscope compare``: one scenario under several guards, side by side."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from core.commands.run import GUARDS_HELP, add_scenario_options, parse_settings
from core.errors import ScenarioError, did_you_mean

if TYPE_CHECKING:
    from core.commands import Commands
    from core.compare.lanes import Lane

NAME = "compare"

_EPILOG = """\
A lane is one guard at one maximum depth on one kernel and architecture. Each LIST has its values
with commas between them; all guards are run at all depths, on all kernels and architectures,
and those of one or two bits in all words.

  ownerscope compare mail-chain --guards scan,uint,bit1,bit2
  ownerscope compare depth-law --guards uint --max-depth 1,2,3,4
  ownerscope compare depth-law --guards bit1 --word current,serialized
"""


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        NAME,
        help="run a scenario under several guards, side by side",
        description="Run SCENARIO once a lane and tell where the lanes part and what each costs.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("scenario", metavar="SCENARIO", help="name of a bundled scenario, or a TOML file")
    add("--guards", metavar="LIST", help=f"{GUARDS_HELP} (uint,bit1,bit2)")
    add("--max-depth", metavar="LIST", help="how many saves may be under way at once")
    add("--kernel", metavar="LIST", help="5.12, 6.1, 6.12")
    add("--arch", metavar="LIST", help="x86_64, arm64, ia64")
    add_scenario_options(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON for programs")
    form.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    form.add_argument("--csv", action="store_true", help="print the table as CSV")
    parser.set_defaults(carry_out=compare)


def compare(options: argparse.Namespace) -> int:
    """Run a scenario once a lane and tell where the lanes part and what each costs."""
    from core.compare.run import compare as run_all
    from core.compare.tables import as_csv, as_markdown
    from core.scenario.loader import open_scenario
    from core.scenario.run import DEFAULT_BUDGET_EVENTS, Overrides

    lanes = _lanes(options)
    base = Overrides(
        layout=options.layout,
        budget_events=DEFAULT_BUDGET_EVENTS if options.budget is None else options.budget,
    )
    source = open_scenario(options.scenario)
    compared = run_all(source, parse_settings(options.settings), lanes, base)
    if options.json:
        from core.compare.report import comparison_report

        print(json.dumps(comparison_report(compared), indent=2))
    elif options.markdown:
        print(as_markdown(compared.labels, compared.differences), end="")
    elif options.csv:
        print(as_csv(compared.labels, compared.differences), end="")
    else:
        from core.commands.compare_text import tell

        tell(compared)
    return 0


def _lanes(options: argparse.Namespace) -> tuple[Lane, ...]:
    from core.compare.lanes import STORAGES, lanes_of

    return lanes_of(
        [_guard(word) for word in _items("--guards", options.guards)] or STORAGES,
        [_depth(word) for word in _items("--max-depth", options.max_depth)],
        _items("--kernel", options.kernel),
        _items("--arch", options.arch),
        _items("--word", options.word),
    )


def _items(option: str, text: str | None) -> list[str]:
    """Return the values of a list; nothing where the option was not given."""
    if text is None:
        return []
    items = [item.strip() for item in text.split(",")]
    if not all(items):
        raise ScenarioError(
            f"expected values with commas between them, got {text[:80]!r}", where=option
        )
    return items


def _guard(word: str) -> str:
    from core.guards.catalog import DESIGNS

    if word not in DESIGNS:
        raise ScenarioError(
            f"there is no guard {word[:40]!r}", where="--guards", advice=did_you_mean(word, DESIGNS)
        )
    return word


def _depth(word: str) -> int:
    # isdecimal, because int() also takes "+1" and "1_0", and chokes on a number of 5,000 digits.
    if not (word.isascii() and word.isdecimal() and len(word) < 8 and int(word)):
        raise ScenarioError(
            f"expected maximum depths of at least 1, got {word[:40]!r}", where="--max-depth"
        )
    return int(word)
