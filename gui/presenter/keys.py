"""The commands of the presenting mode, and their keys as reveal.js and clickers send them.

A clicker sends PageDown and PageUp, which go on and back everywhere. The right and left arrow and
the space bar go on and back only where a step shows no run; where it does they step and play it.
"""

from __future__ import annotations

from gui.commands import Command
from gui.widgets.help_sections import Beside

STILL, RUN = "presenting", "presenting-run"
"""The contexts: a step with nothing to play, and one that shows a run."""
BOTH = (STILL, RUN)
GROUP = "Presenting"
DIGITS = tuple(f"present-number.{n}" for n in range(10))
SHARED = ("lesson.next", "lesson.previous", "lesson.back_to_step", "lesson.reveal", "help.keys")
"""Commands of the program that a presentation carries out in its own way."""

BESIDE = (
    Beside("lesson.next", "present.next", "Next, as a clicker sends it"),
    Beside("lesson.previous", "present.previous", "Step before, as a clicker sends it"),
)
"""Where the key help of a presentation lists them."""


def _both(name: str, text: str, *keys: str, tip: str = "") -> Command:
    return Command(f"present.{name}", text, keys, GROUP, "", tip, contexts=BOTH)


def _run(name: str, text: str, *keys: str) -> Command:
    return Command(f"present.{name}", text, keys, GROUP, contexts=(RUN,), repeats=True)


def _still(name: str, text: str, *keys: str) -> Command:
    return Command(f"present.{name}", text, keys, GROUP, contexts=(STILL,))


# fmt: off
COMMANDS: tuple[Command, ...] = (
    _both("next", "Next: the answer, then the next step", "N"),
    _both("previous", "Step before", "P"),
    _still("next_still", "Next, where no run is shown", "Right", "Space", "Down"),
    _still("previous_still", "Step before, where no run is shown", "Left", "Shift+Space", "Up"),
    _both("first", "First step", "Home"),
    _both("last", "Last step", "End"),
    *(
        Command(each, f"Digit {n} of a step's number", (str(n),), GROUP, contexts=BOTH,
                family="A step's number, then Enter")
        for n, each in enumerate(DIGITS)
    ),
    _both("go", "Go to the step whose number was typed", "Return", "Enter"),
    _both("overview", "Overview of the steps", "O"),
    _both("back_to_step", "Back to the step, as it was", "Backspace"),
    _run("run_toggle", "Play or pause the run", "Space"),
    _run("run_forward", "One event forward", "Right"),
    _run("run_back", "One event back", "Left", ","),
    _run("marker_next", "Next marker of the run", "]", "Down"),
    _run("marker_previous", "Marker before", "[", "Up"),
    _run("step_in", "Step in", "F6"),
    _run("step_over", "Step over", "F5"),
    _run("step_out", "Step out", "F7"),
    _run("step_in_back", "Step in, backwards", "Shift+F6"),
    _run("step_over_back", "Step over, backwards", "Shift+F5"),
    _run("step_out_back", "Step out, backwards", "Shift+F7"),
    _run("slower", "Slower", "<"),
    _run("faster", "Faster", ">"),
    _both("black", "Black screen", "B", "."),
    _both("white", "White screen", "W"),
    _both("full_screen", "Full screen", "F"),
    _both("speaker", "Presenter view", "S"),
    _both("pen", "Pen", "D"),
    _both("spotlight", "Spotlight", "L"),
    _both("magnifier", "Magnifier", "M"),
    _both("larger", "Larger tool", "+", "="),
    _both("smaller", "Smaller tool", "-"),
    _both("colour", "Next colour of the pen", "X"),
    _both("undo", "Take the last stroke back", "Ctrl+Z"),
    _both("clear", "Clear what was drawn", "C"),
    _both("timer", "Pause the timer, or let it go on", "T"),
    _both("timer_reset", "Timer back to 0", "Shift+T"),
    _both("notes_larger", "Larger notes", "Ctrl+Up"),
    _both("notes_smaller", "Smaller notes", "Ctrl+Down"),
    _both("end", "End the presentation", "Ctrl+W", tip="Esc does it too, when no tool is in hand"),
)
# fmt: on
