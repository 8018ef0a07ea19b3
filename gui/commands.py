"""The table of every command: its id, name, keys, icon and the workspaces it exists in.

Menus, the toolbar, the key help and the command palette are all made from ``COMMANDS``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from gui.recording_examples import EXAMPLES

PLAYING = ("live", "timeline", "compare")
"""The workspaces with a cursor that plays. Elsewhere the same keys may mean something else."""

DRAWN = ("live", "timeline", "compare", "layout")
"""The workspaces whose view can be exported as a picture or film."""

ZOOMING = ("timeline", "compare", "recordings", "explore")
"""The workspaces with an axis that is zoomed and panned."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a user can ask for.

    Attributes:
        id: ``group.verb``, used in code and in the settings.
        text: What menus and the palette call it.
        keys: The built-in keys, as Qt's portable text.
        group: The menu and the section of the key help it belongs to.
        icon: A name of ``gui.icons``, or empty.
        tip: One more sentence for tool tips and the status bar.
        checkable: It is on or off; its slot gets a bool.
        choice: Commands with the same name here exclude each other.
        contexts: The workspaces it exists in; empty means everywhere.
        repeats: Holding the keys down runs it again and again.
        family: Commands with the same name here share one row of the key help.
    """

    id: str
    text: str
    keys: tuple[str, ...] = ()
    group: str = ""
    icon: str = ""
    tip: str = ""
    checkable: bool = False
    choice: str = ""
    contexts: tuple[str, ...] = ()
    repeats: bool = False
    family: str = ""


class Menu(NamedTuple):
    """A menu of the window.

    Attributes:
        title: With the letter that opens it after ``&``; no two that are shown together share one.
        groups: The groups of commands in it.
        workspace: It is shown in this workspace only; empty means everywhere.
    """

    title: str
    groups: tuple[str, ...]
    workspace: str = ""


class Submenu(NamedTuple):
    """Where commands stand that are too many for their menu.

    Attributes:
        menu: Title of the menu it is in.
        title: Its own.
    """

    menu: str
    title: str


MENUS = (
    Menu("&File", ("File",)),
    Menu("&View", ("View",)),
    Menu("&Playback", ("Playback",)),
    Menu("&Run", ("Run", "Stops")),
    Menu("&Timeline", ("Timeline",), "timeline"),
    Menu("&Compare", ("Compare",), "compare"),
    Menu("&Layout", ("Layout",), "layout"),
    Menu("Re&cordings", ("Recordings",), "recordings"),
    Menu("&Explore", ("Explore",), "explore"),
    Menu("Le&sson", ("Lesson",)),
    Menu("&Help", ("Help",)),
)
"""The menus, from the left. All of them side by side are wider than a projector of 1024 pixels."""

SUBMENUS = {
    "axis": Submenu("&View", "Zoom and pan"),
    "theme": Submenu("&View", "Theme"),
}
"""By the first part of their ids, commands that stand in a menu below a menu."""


def _play(
    name: str, text: str, key: str, icon: str = "", tip: str = "",
    *, repeats: bool = False, checkable: bool = False,
) -> Command:  # fmt: skip
    return Command(
        name, text, (key,) if key else (), "Playback", icon, tip,
        checkable=checkable, contexts=PLAYING, repeats=repeats,
    )  # fmt: skip


def _stop(name: str, text: str, key: str, *, repeats: bool = False) -> Command:
    keys, tip = (key,) if key else (), "A stop is a breakpoint or a watchpoint"
    return Command(f"stop.{name}", text, keys, "Stops", "", tip, contexts=PLAYING, repeats=repeats)


def _zoom(name: str, text: str, key: str) -> tuple[Command, ...]:
    """Return a move on the axis, with Shift coarser and with Ctrl finer."""
    made = [Command(f"axis.{name}", text, (key,), "Timeline", contexts=ZOOMING, repeats=True)]
    for how, held in (("coarser", "Shift"), ("finer", "Ctrl")):
        made.append(
            Command(
                f"axis.{name}_{how}", f"{text}, {how}", (f"{held}+{key}",), "Timeline",
                contexts=ZOOMING, repeats=True, family=f"Zoom and pan {how}",
            )
        )  # fmt: skip
    return tuple(made)


def _timeline(name: str, text: str, key: str, icon: str = "", tip: str = "") -> Command:
    keys = (key,) if key else ()
    return Command(f"timeline.{name}", text, keys, "Timeline", icon, tip, contexts=("timeline",))


def _compare(name: str, text: str, key: str, icon: str = "", tip: str = "") -> Command:
    keys = (key,) if key else ()
    return Command(f"compare.{name}", text, keys, "Compare", icon, tip, contexts=("compare",))


def _layout(name: str, text: str, key: str, icon: str = "", tip: str = "") -> Command:
    keys = (key,) if key else ()
    return Command(f"layout.{name}", text, keys, "Layout", icon, tip, contexts=("layout",))


def _recordings(name: str, text: str, key: str, icon: str = "", tip: str = "") -> Command:
    keys = (key,) if key else ()
    contexts = ("recordings",)
    return Command(f"recordings.{name}", text, keys, "Recordings", icon, tip, contexts=contexts)


def _explore(name: str, text: str, key: str, icon: str = "", tip: str = "") -> Command:
    keys = (key,) if key else ()
    return Command(f"explore.{name}", text, keys, "Explore", icon, tip, contexts=("explore",))


def _lesson(name: str, text: str, key: str, icon: str = "", tip: str = "") -> Command:
    keys = (key,) if key else ()
    return Command(f"lesson.{name}", text, keys, "Lesson", icon, tip)


def _theme(name: str, icon: str) -> Command:
    tip = "Light or dark as the desktop has it" if name == "system" else ""
    named = {"system": "As the system", "contrast": "High contrast"}
    text = named.get(name, f"{name.capitalize()} theme")
    return Command(f"theme.{name}", text, (), "View", icon, tip, True, "theme")


# fmt: off
COMMANDS: tuple[Command, ...] = (
    Command("file.open", "Open…", ("Ctrl+O",), "File", "open",
            "A scenario, a kernel or a recording"),
    Command("file.reload", "Reload", ("Ctrl+R",), "File", "reload", "Read the open file again"),
    Command("file.save_run", "Save the run…", ("Ctrl+Shift+S",), "File", "",
            "The events and what you look at, to open again"),
    Command("file.export", "Export picture or film…", ("Ctrl+Shift+E",), "File", "",
            "PNG, SVG, PDF, GIF, WebP or MP4 of the view", contexts=DRAWN),
    Command("file.copy_picture", "Copy picture", ("Ctrl+Alt+C",), "File", "copy",
            "The view, to paste into a slide", contexts=DRAWN),
    *(
        Command(f"example.{each.name}", each.title, (), "File", "", each.about,
                family="Open an example")
        for each in EXAMPLES
    ),
    Command("file.clear_recent", "Forget recent files", (), "File"),
    Command("file.quit", "Quit", ("Ctrl+Q",), "File"),

    _play("play.toggle", "Play or pause", "Space", "play"),
    _play("play.reverse", "Play backwards, or pause", "Shift+Space"),
    _play("play.back", "One event back", ",", "back", repeats=True),
    _play("play.forward", "One event forward", ".", "forward", repeats=True),
    _play("play.back_large", "Jump back", "Left", "back-large", repeats=True),
    _play("play.forward_large", "Jump forward", "Right", "forward-large", repeats=True),
    _play("play.start", "To the start", "Home", "start"),
    _play("play.end", "To the end", "End", "end"),
    _play("marker.previous", "Previous marker", "[", "marker-previous",
          "A short-circuit, a warning or the end", repeats=True),
    _play("marker.next", "Next marker", "]", "marker-next",
          "A short-circuit, a warning or the end", repeats=True),
    _play("step.in", "Step in", "F6", "step-in", "Into the next call", repeats=True),
    _play("step.over", "Step over", "F5", "step-over", "Past the next call", repeats=True),
    _play("step.out", "Step out", "F7", "step-out", "To where this call returns", repeats=True),
    _play("step.in_back", "Step in, backwards", "Shift+F6", "", "Into the last call", repeats=True),
    _play("step.over_back", "Step over, backwards", "Shift+F5", "", "Before the last call",
          repeats=True),
    _play("step.out_back", "Step out, backwards", "Shift+F7", "", "To where this call was made",
          repeats=True),
    _play("speed.slower", "Slower", "<", "slower", repeats=True),
    _play("speed.faster", "Faster", ">", "faster", repeats=True),
    _play("view.essential", "Essential frames only", "E", "eye",
          "Hide the frames that do not belong to the recursion", checkable=True),
    *(
        Command(f"jump.{n}", f"Jump to {n * 10} %", (str(n),), "Playback", contexts=PLAYING,
                family="Jump to 0 … 90 %")
        for n in range(10)
    ),

    _stop("next", "On to the next stop", "F8", repeats=True),
    _stop("previous", "Back to the stop before", "Shift+F8", repeats=True),
    _stop("toggle_here", "Stop at this function, or no more", "F9"),
    _stop("clear", "Remove all stops", ""),

    Command("run.again", "Run again", ("Ctrl+Return",), "Run", "rerun",
            "Simulate the scenario once more with these settings"),
    Command("run.cancel", "Cancel", ("Esc",), "Run", "cancel", "Stop the work in progress"),
    Command("run.scenario", "Choose a scenario", ("Ctrl+L",), "Run", "scenario"),

    *_zoom("zoom_in", "Zoom in", "W"),
    *_zoom("zoom_out", "Zoom out", "S"),
    *_zoom("pan_left", "Move to the left", "A"),
    *_zoom("pan_right", "Move to the right", "D"),
    Command("axis.fit", "Show the whole run", ("F",), "Timeline", contexts=ZOOMING),
    Command("axis.back", "Back to the view before", ("Backspace",), "Timeline", "undo",
            contexts=ZOOMING),
    _timeline("mode", "Order of events, or time", "O", "",
              "Every event equally wide, or as long as it takes"),
    _timeline("colours", "Colour by subsystem, or by function", "C"),
    _timeline("rows", "Rows that fit, or rows to read", "H"),
    _timeline("select", "Select what is focused, or all in view", "R", "",
              "Counts, tables, plots and exports then speak of the selected part"),
    _timeline("select_from", "The selection begins at the cursor", "I"),
    _timeline("select_to", "The selection ends at the cursor", "Shift+I"),
    _timeline("deselect", "Select nothing", "Shift+R"),
    _timeline("panels", "Panels at the right", "Ctrl+G", "", "There, or room for the timeline"),
    _timeline("search", "Search functions", "/", "search"),
    _timeline("next_hit", "Next hit", "N"),
    _timeline("previous_hit", "Hit before", "P"),
    _timeline("export", "Export…", "Ctrl+E", "", "SVG, PNG or CSV of what is in view"),
    _timeline("export_plots", "Export the plots…", "", "", "SVG, PNG or CSV of what is in view"),

    _compare("storages", "Compare the mail's three", "Shift+1", "", "unsigned int, 1 bit, 2 bits"),
    _compare("patch", "Compare before and after the patch", "Shift+2", "", "The scan and the flag"),
    _compare("depths", "Compare depth 1, 2, 3", "Shift+3", "", "What each level costs"),
    _compare("add", "Add a lane", "", "plus"),
    _compare("ghost", "Lay one lane over another", "G", "eye"),
    _compare("next_parting", "Next place where lanes part", "N"),
    _compare("previous_parting", "Place before where lanes part", "P"),
    _compare("copy", "Copy the table as Markdown", "Ctrl+Shift+C", "copy"),
    _compare("copy_csv", "Copy the table as CSV", "", "copy"),

    _layout("uint", "Ask about an unsigned int", "1", "", "The first version of the patch"),
    _layout("bit1", "Ask about a 1-bit flag", "2", "", "What was merged"),
    _layout("bit2", "Ask about a 2-bit field", "3", "", "What the review proposed"),
    _layout("after", "Put the field after the selected member", "A"),
    _layout("before", "Put the field before the selected member", "B"),
    _layout("home", "Put the field where the patch had it", "Backspace", "undo"),
    _layout("task_struct", "Back to task_struct", "T"),
    _layout("cost", "Show what it costs", "C"),
    _layout("members", "Show the members", "M", "search"),
    _layout("kernels", "Show many kernels", "K"),
    _layout("paste", "Open pahole's text from the clipboard", "Ctrl+Shift+V"),
    _layout("copy", "Copy the answer as text", "Ctrl+Shift+C", "copy", "To paste into a mail"),
    _layout("copy_table", "Copy the three storages as Markdown", "", "copy"),
    _layout("export", "Export…", "Ctrl+E", "", "SVG, PNG, CSV, JSON or text"),
    _layout("export_staircase", "Export the staircase…", "", "", "SVG or PNG"),
    _layout("export_survey", "Export the table of kernels…", "", "", "CSV"),

    _recordings("time", "Order of time", "1", "", "As the recording has it, from left to right"),
    _recordings("heavy", "Left heavy", "2", "", "The heaviest at the left"),
    _recordings("sandwich", "Sandwich", "3", "", "Callers and callees of the selected function"),
    _recordings("collapse", "Collapse recursion", "R", "", "A function on a stack only once"),
    _recordings("upward", "Flames upward, or icicles downward", "U"),
    _recordings("invert", "From the innermost function, or from the root", "V"),
    _recordings("colours", "Next colours", "C", "", "Subsystem, module, function, difference"),
    _recordings("search", "Search functions", "/", "search"),
    _recordings("next_hit", "Next hit", "N"),
    _recordings("previous_hit", "Hit before", "P"),
    _recordings("filter", "Filter records", "Ctrl+F", "", "Such as order >= 2 and comm = sh"),
    _recordings("hide", "Hide the selected function", "H", "", "Its callees are its callers' then"),
    _recordings("keep", "Keep only stacks with it", "K"),
    _recordings("show_all", "Show hidden frames again", "Shift+H"),
    _recordings("compare", "Compare with…", "", "compare", "Open a second recording as the base"),
    _recordings("swap", "Swap the two", "X", "", "Compare the other way round"),
    _recordings("alone", "Compare no more", ""),
    _recordings("normalise", "Compare shares, or weights as they are", "Z"),
    _recordings("timeline", "Show it on the timeline", "T", "timeline"),
    _recordings("live", "Play it in Live", "L", "live"),
    _recordings("panels", "Panels at the right", "Ctrl+G", "", "Panels, or room for the flames"),
    _recordings("copy", "Copy the table as Markdown", "Ctrl+Shift+C", "copy"),
    _recordings("copy_csv", "Copy the table as CSV", "", "copy"),

    _explore("start", "Explore every interleaving", "X", "explore", "Within the bounds"),
    _explore("live", "Play it in Live", "L", "live", "The counterexample, or the way to a state"),
    _explore("timeline", "Show it on the timeline", "T", "timeline"),
    _explore("save", "Keep it: save as scenario…", "K", "", "A scenario in which this happens"),
    _explore("next_broken", "Next counterexample", "N"),
    _explore("previous_broken", "Counterexample before", "P"),
    _explore("picture", "Picture of the states", "Ctrl+G", "", "There, or room for the properties"),
    _explore("copy", "Copy the answer as text", "Ctrl+Shift+C", "copy", "To paste into a mail"),
    _explore("export", "Export the picture…", "Ctrl+E", "", "SVG or PNG of the states"),

    _lesson("start", "Start the lesson", "", "play", "The lesson chosen in Lessons"),
    Command("present.start", "Present the lesson", ("Ctrl+F5",), "Lesson", "full-screen",
            "Full screen for an audience, with notes for you"),
    _lesson("next", "Next step", "PgDown", "forward"),
    _lesson("previous", "Step before", "PgUp", "back"),
    _lesson("first", "First step", ""),
    _lesson("last", "Last step", ""),
    _lesson("back_to_step", "Back to the step", "Ctrl+Home", "undo",
            "As it was, whatever you have changed"),
    _lesson("reveal", "Show the answer", "Ctrl+Shift+A", "eye"),
    _lesson("fold", "Fold the lesson's text, or unfold it", "Ctrl+Shift+L"),
    _lesson("close", "End the lesson", "", "close"),
    _lesson("new", "New lesson", "", "plus", "What is in view is its first step"),
    _lesson("edit", "Edit the lesson", "", "", "One that the program ships is edited as a copy"),
    _lesson("open", "Open a lesson…", "", "open"),
    _lesson("record", "Record the view as a step", "Ctrl+Shift+R", "",
            "Run, place, zoom and what is shown, for the lesson in the editor"),
    _lesson("handout", "Export handout…", "Ctrl+Shift+H", "",
            "One HTML file or a PDF to take home"),

    _theme("light", "sun"),
    _theme("dark", "moon"),
    _theme("contrast", "contrast"),
    _theme("system", "system"),
    Command("theme.toggle", "Switch between light and dark", (), "View", "moon"),
    Command("zoom.in", "Larger", ("Ctrl++", "Ctrl+="), "View", "zoom-in",
            "Enlarge text and drawings", repeats=True),
    Command("zoom.out", "Smaller", ("Ctrl+-",), "View", "zoom-out",
            "Shrink text and drawings", repeats=True),
    Command("zoom.reset", "Normal size", ("Ctrl+0",), "View"),
    Command("view.scenarios", "Scenario panel", ("Ctrl+B",), "View", "scenario",
            "Scenarios and parameters at the left", checkable=True,
            contexts=("live",)),
    Command("view.what_if", "What-if bar", ("Ctrl+G",), "View", "chip",
            "Guard, depth, kernel and layout above the stack", checkable=True,
            contexts=("live",)),
    Command("view.details", "Details panel", ("Ctrl+D",), "View", "layout",
            "Listing, word and counts at the right", checkable=True,
            contexts=("live",)),
    Command("view.motion", "Motion", (), "View", "", "Animate changes, or show them at once", True),
    Command("view.full_screen", "Full screen", ("F11",), "View", "full-screen", checkable=True),

    Command("help.keys", "Keys", ("?",), "Help", "help", "Every key in force, and change them"),
    Command("help.palette", "Command palette", ("Ctrl+Shift+P",), "Help", "palette",
            "Find any command by its name"),
    Command("help.tour", "Tour", (), "Help", "lesson", "The first lesson, step by step"),
    Command("help.doctor", "Check this machine", (), "Help", "", "What is missing, if anything"),
    Command("help.about", "About ownerscope", (), "Help", "info"),
)
# fmt: on
