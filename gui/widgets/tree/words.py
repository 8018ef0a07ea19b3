"""What is said about a save: who asked, what became of it, what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.trace.save_tree import Asker, Outcome
from gui.geometry.save_tree import Box, counted
from gui.widgets.sentences import time_text

if TYPE_CHECKING:
    from core.trace.save_tree import SaveTree
    from core.trace.trace import Trace
    from gui.theme import Role, Theme

_MOST_NAMES = 6


class Ending(NamedTuple):
    """How an outcome is called: in a box, and as a sentence; and whose colour it has."""

    short: str
    sentence: str
    role: str


ASKERS = {
    Asker.ALLOC: ("alloc", "+", "A page was allocated"),
    Asker.FREE: ("free", "−", "A page is freed"),
    Asker.LIST: ("list", "≡", "A page for the list of stacks was allocated"),
}
"""What a save is for: in a box, as a sign, and as the start of a sentence."""

ENDINGS = {
    Outcome.STORED: Ending("new stack", "Walked {frames}; the stack was new.", "page_owner"),
    Outcome.KNOWN: Ending("known stack", "Walked {frames}; the depot knew it.", "page_owner"),
    Outcome.HIT: Ending("guard hit", "Guard hit: dummy_handle, no walk.", "guard"),
    Outcome.FAILED: Ending("failure", "Walked {frames}, no handle: failure_handle.", "danger"),
    Outcome.SCAN_HIT: Ending("scan hit", "Walked {frames}, found itself: dummy_handle.", "guard"),
    Outcome.UNFINISHED: Ending("not ended", "The run ended inside it.", "danger"),
}


def role_of(theme: Theme, outcome: int) -> Role:
    """Return the colours of an outcome."""
    name = ENDINGS[Outcome(outcome)].role
    return theme.danger if name == "danger" else theme.role(name)


def ending_text(tree: SaveTree, node: int) -> str:
    """Return what became of a save, as a sentence."""
    frames = counted(int(tree.frames[node]), "frame")
    return ENDINGS[Outcome(int(tree.outcome[node]))].sentence.format(frames=frames)


def asked_by(trace: Trace, tree: SaveTree, node: int) -> list[str]:
    """Return the functions between the save before it on the stack and this one, outermost first.

    At the top level that is the whole stack.
    """
    names = trace.names_at(int(tree.call[node]))[:-1]
    outer = len(names) - 1 - names[::-1].index("save_stack") if "save_stack" in names else -1
    return names[outer + 1 :]


def short_chain(names: list[str]) -> str:
    """Return a chain of calls in a line; the innermost are what matters."""
    shown = names[-_MOST_NAMES:]
    return " › ".join((["…"] if len(names) > len(shown) else []) + shown) or "nobody"


def cost_text(tree: SaveTree, node: int) -> str:
    """Return what a save cost itself."""
    return f"{counted(int(tree.events[node]), 'event')}, {time_text(int(tree.ns[node]))}"


def tree_text(tree: SaveTree, node: int) -> str:
    """Return what a save cost with all that hangs below it."""
    return ", ".join(
        (
            counted(int(tree.all_saves[node]), "save"),
            counted(int(tree.all_unwinds[node]), "unwind"),
            counted(int(tree.all_hits[node]), "hit"),
            counted(int(tree.all_events[node]), "event"),
            time_text(int(tree.all_ns[node])),
        )
    )


def place_text(tree: SaveTree, node: int) -> str:
    """Return which save it is, counted through the run, and its level."""
    return f"Save {node + 1:,} of {len(tree):,}, level {int(tree.level[node])}"


def spoken(trace: Trace, tree: SaveTree, node: int) -> str:
    """Return a save for a screen reader."""
    _, _, asker = ASKERS[Asker(int(tree.asker[node]))]
    chain = short_chain(asked_by(trace, tree, node)).replace(" › ", ", ")
    below = counted(len(tree.children(node)), "save")
    return (
        f"{place_text(tree, node)}. {asker}. {ending_text(tree, node)} Asked by {chain}. "
        f"{below} right below it. Event {int(tree.call[node]) + 1:,}."
    )


def box_lines(tree: SaveTree, box: Box) -> list[tuple[str, str]]:
    """Return what a box may say, the longest first: a strong line, and a quiet one below it."""
    node = box.nodes[0]
    if len(box.nodes) > 1:
        return [("", "")]
    asker, sign, _ = ASKERS[Asker(int(tree.asker[node]))]
    outcome = Outcome(int(tree.outcome[node]))
    ending, frames = ENDINGS[outcome], int(tree.frames[node])
    time = time_text(int(tree.all_ns[node]))
    if outcome is Outcome.HIT:
        return [
            (f"{asker}: {ending.short}", "no walk"),
            (f"{sign} hit", "no walk"),
            (f"{sign} hit", ""),
            (sign, ""),
        ]
    return [
        (f"{asker}: {ending.short}", f"{counted(frames, 'frame')}, {time} in all"),
        (f"{asker}: {ending.short}", f"{frames} fr, {time}"),
        (f"{sign} {asker}", time),
        (asker, ""),
        (sign, ""),
    ]


def box_tip(trace: Trace, tree: SaveTree, box: Box) -> list[str]:
    """Return what is said about the box under the mouse: a head, and lines."""
    node = box.nodes[0]
    if len(box.nodes) > 1:
        hits = sum(int(tree.hit_at[each] >= 0) for each in box.nodes)
        head = f"{counted(len(box.nodes), 'save')} on level {box.level}"
        return [head, counted(hits, "hit"), "A click goes to the first of them."]
    _, _, asker = ASKERS[Asker(int(tree.asker[node]))]
    return [
        place_text(tree, node),
        f"{asker}. {ending_text(tree, node)}",
        f"Asked by {short_chain(asked_by(trace, tree, node))}",
        f"Itself: {cost_text(tree, node)}",
        f"With all below: {tree_text(tree, node)}",
    ]
