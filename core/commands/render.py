"""``ownerscope render``: a scenario, lesson or recording as a picture or a film."""

from __future__ import annotations

import argparse
import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.commands.run import GUARDS_HELP, add_scenario_options, parse_settings
from core.errors import OwnerscopeError, RenderError

if TYPE_CHECKING:
    from core.commands import Commands

NAME = "render"
_LARGEST = 1920, 1080
"""Pixels of the largest picture whose text has the window's size."""

_EPILOG = """\
The end of OUT's name says what is made: .png, .svg and .pdf are one moment, .gif, .webp and .mp4
(with 'pip install ownerscope[film]') a film; .gif and .webp with --at are one moment too.

A POSITION is an event's number, or as lessons write it: start, end, "first short-circuit",
"short-circuit 2", "before overflow", "where lanes part", "save_stack call 2". Without --at a
picture shows the first short-circuit; without --from, --to and --speed a film is the whole run,
as fast as it must be for 300 frames.

  ownerscope render mail-chain stack.svg --at "first short-circuit"
  ownerscope render depth-law film.gif --view tree --guard uint --max-depth 3
  ownerscope render two-bit-wrap lanes.png --view compare --lanes uint:2,bit1:2,bit2:2
  ownerscope render one-bit slide.pdf --step 4 --theme light --size 1920x1080

A whole lesson becomes a handout, text and pictures, with .html or, if nothing is said of the
picture, .pdf:

  ownerscope render one-bit handout.html
  ownerscope render one-bit handout.pdf --notes
"""


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        NAME,
        help="draw a run as a picture or a film",
        description="Draw WHAT, a scenario, a lesson's step, a recording or a saved run, into OUT.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("what", metavar="WHAT", help="name of a scenario, lesson or recording, or a file")
    add("out", metavar="OUT", help="where to")
    add("--view", metavar="VIEW", help="stack, timeline, compare, layout or tree (stack)")
    add("--at", metavar="POSITION", default="", help="the moment of a picture")
    add("--from", metavar="POSITION", default="", dest="start", help="where a film begins")
    add("--to", metavar="POSITION", default="", dest="end", help="where a film ends")
    add("--speed", type=float, metavar="FACTOR", help="how many times as fast as usual")
    add("--fps", type=int, default=20, metavar="N", help="frames a second (20)")
    add("--size", default="1280x720", metavar="WxH", help="pixels (1280x720)")
    add("--theme", default="dark", metavar="THEME", help="light or dark (dark)")
    add(
        "--scale", type=float, metavar="FACTOR", help="size of what is drawn (1; more beyond 1080p)"
    )
    add("--title", default="", metavar="TEXT", help="the line on top")
    add("--step", type=int, default=0, metavar="N", help="which step of a lesson (1)")
    add("--guard", metavar="DESIGN", help=GUARDS_HELP)
    add("--max-depth", type=int, metavar="N", help="how many saves may be under way at once")
    add("--arch", metavar="A", help="x86_64, arm64 or ia64")
    add("--kernel", metavar="V", help="5.12, 6.1 or 6.12")
    add_scenario_options(parser)
    add("--essential", action="store_true", help="only the functions of the mail's chain")
    add("--lanes", default="", metavar="LIST", help="guards side by side: uint:2,bit1,bit2:2")
    add("--field", default="", metavar="FIELD", help="field added to the layout: uint, bit1, bit2")
    add("--place", default="", metavar="PLACE", help="where it goes: upstream, v1, after:MEMBER")
    add("--notes", action="store_true", help="a lesson's handout with the speaker's notes")
    parser.set_defaults(carry_out=render)


def render(options: argparse.Namespace) -> int:
    """Draw a run as a picture or a film, or a lesson as a handout."""
    if _is_handout(options):
        _check_handout(options)
        make = importlib.import_module("gui.handout.command").handout
        return int(make(options.what, options.out, notes=options.notes))
    if options.notes:
        raise RenderError(
            "only the handout of a whole lesson has notes",
            where="--notes",
            advice="give a lesson, and a name that ends in .html or .pdf",
        )
    return int(importlib.import_module("gui.render.command").render(wanted(options)))


def _is_handout(options: argparse.Namespace) -> bool:
    """Whether all of a lesson is asked for; a PDF is one of its pictures where one is chosen."""
    kind = Path(options.out).suffix.lower()
    chosen = options.step or options.at or options.view
    return kind == ".html" or (kind == ".pdf" and not chosen and _is_lesson(options.what))


def _check_handout(options: argparse.Namespace) -> None:
    """Say so where something is asked for that is one picture's: it would be left out."""
    pictures = {
        "at": "at", "step": "step", "view": "view", "start": "from", "end": "to",
        "speed": "speed", "scale": "scale", "title": "title", "lanes": "lanes",
        "field": "field", "place": "place", "guard": "guard", "max_depth": "max-depth",
        "settings": "set",
    }  # fmt: skip
    for name, option in pictures.items():
        if getattr(options, name):
            raise RenderError(
                "a handout has a picture of every step, as the lesson has them",
                where=f"--{option}",
                advice="write a .png, .svg or .pdf for one picture",
            )


def _is_lesson(what: str) -> bool:
    from core.lesson.loader import bundled, open_lesson
    from core.scenario.loader import bundled as scenarios

    if what in (*bundled(), *scenarios()):
        return what not in scenarios()  # a name that both have is the scenario's
    try:
        return Path(what).suffix == ".toml" and bool(open_lesson(what))
    except OwnerscopeError:
        return False  # a scenario is TOML too; what is wrong with it is for its reader to say


def wanted(options: argparse.Namespace) -> dict[str, Any]:
    """Return what is asked for, as the fields of ``gui.render.job.Job``.

    Raises:
        OwnerscopeError: A word makes no sense.
    """
    same = (
        "what", "out", "at", "start", "end", "speed", "fps", "theme", "title", "step", "field",
        "place",
    )  # fmt: skip
    size = _size(options.size)
    changed = ("guard", "max_depth", "arch", "kernel", "layout", "word")
    overrides = {name: getattr(options, name) for name in changed}
    if options.budget is not None:
        overrides["budget_events"] = options.budget
    return {
        **{name: getattr(options, name) for name in same},
        "view": options.view or "",
        "size": size,
        "scale": usual_scale(size) if options.scale is None else options.scale,
        "essential": True if options.essential else None,
        "settings": parse_settings(options.settings),
        "overrides": overrides,
        "lanes": tuple(lane.strip() for lane in options.lanes.split(",") if lane.strip()),
        "kernel": options.layout or "",
    }


def usual_scale(size: tuple[int, int]) -> float:
    """Return how large things are drawn where nothing is said of it.

    A picture of four thousand pixels is one of two thousand, only sharper: text of the usual size
    could not be read on it.
    """
    width, height = size
    return round(max(1.0, min(width / _LARGEST[0], height / _LARGEST[1])), 3)


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,6})[xX×](\d{1,6})", text.strip())
    if found is None:
        raise RenderError(f"expected WIDTHxHEIGHT, got {text!r}", where="--size")
    return int(found[1]), int(found[2])
