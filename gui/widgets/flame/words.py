"""What a flame graph says in words: weights, shares, changes, and everything about a frame."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from gui.widgets.flame.colours import role_name, subsystem_name
from gui.widgets.sentences import time_text

if TYPE_CHECKING:
    from core.recording.profile import Frame
    from core.recording.questions.call_tree import CallTree
    from gui.theme import Theme

_BYTES = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))


def weight_text(weight: str, amount: int) -> str:
    """Return an amount with its unit: 1,024 pages, 4.00 MiB, 3.07 ms."""
    if weight == "ns":
        return time_text(amount)
    if weight == "bytes":
        for unit, size in _BYTES:
            if amount >= size:
                value = amount / size
                return f"{value:,.{2 if value < 10 else 1}f} {unit}"
    unit = weight.removesuffix("s") if amount == 1 else weight
    return f"{amount:,} {unit}"


def share_text(part: float, whole: float) -> str:
    """Return a share in percent, with as many digits as say something."""
    if whole <= 0:
        return "0 %"
    percent = 100 * part / whole
    if 0 < percent < 0.01:
        return "< 0.01 %"
    digits = 0 if percent in (0, 100) else 2 if percent < 1 else 1
    return f"{percent:.{digits}f} %"


def change_text(new: float, old: float) -> str:
    """Return how much more or less something is, with a sign; words where no share says it."""
    if not old:
        return "new" if new else "same"
    if not new:
        return "gone"
    percent = 100 * (new - old) / old
    if abs(percent) < 0.05:
        return "same"
    if percent >= 1000:
        return f"\N{MULTIPLICATION SIGN}{new / old:,.0f}"
    digits = 1 if abs(percent) < 10 else 0
    return f"{percent:+.{digits}f} %".replace("-", "\N{MINUS SIGN}")


def node_change(tree: CallTree, node: int, *, normalised: bool) -> str:
    """Return a frame's change; of its share where shares are compared."""
    assert tree.base is not None
    scale = tree.whole / int(tree.base[0]) if normalised and tree.base[0] else 1.0
    return change_text(float(tree.total[node]), float(tree.base[node]) * scale)


_SIGNS = {"new": "+", "gone": "✕"}


def change_sign(change: str) -> str:
    """Return a change in one letter: + new, ✕ gone, ▲ more, ▼ less; empty for the same."""
    if change in ("", "same"):
        return ""
    return _SIGNS.get(change) or ("▼" if change.startswith("\N{MINUS SIGN}") else "▲")


_OFFSET = re.compile(r"\+0x[0-9a-f]+(?:/0x[0-9a-f]+)?")
_MOST_OFFSETS = 4


def offsets_by_name(frames: Iterable[Frame]) -> dict[str, list[str]]:
    """Return for each function the offsets at which frames of it were seen, lowest first."""
    found: dict[str, set[str]] = {}
    for frame in frames:
        offset = _OFFSET.search(frame.text)
        if offset is not None:
            found.setdefault(frame.name, set()).add(offset[0])
    lowest = partial(sorted, key=lambda text: int(text.partition("/")[0], 16))
    return {name: lowest(offsets) for name, offsets in found.items()}


def offsets_text(offsets: Sequence[str]) -> str:
    """Return at which offsets a function was seen in the recording, as a sentence."""
    rest = len(offsets) - _MOST_OFFSETS
    more = f" and {rest:,} more" if rest > 0 else ""
    return f"Seen at {', '.join(offsets[:_MOST_OFFSETS])}{more}"


def module_text(module: str) -> str:
    """Return what a module is called; the kernel has no name of its own."""
    return f"module {module}" if module else "kernel"


def frame_lines(
    tree: CallTree, node: int, *, together: int = 1, theme: Theme, offsets: Sequence[str] = ()
) -> list[str]:
    """Return what there is to say about a frame, the most important first.

    Args:
        tree: The frames.
        node: The frame.
        together: How many frames share the pixel it is drawn at.
        theme: Knows what subsystems are called.
        offsets: At which offsets its function was seen.
    """
    total, own = int(tree.total[node]), int(tree.self_weight[node])
    lines = [tree.name_of(node), f"{weight_text(tree.weight, total)}, {_shares(tree, node)}"]
    if tree.name[node] >= 0:
        lines.append(_belongs(tree, node, theme))
    if offsets:
        lines.append(offsets_text(offsets))
    if 0 < own < total:
        words = "ends here" if not tree.inverted else "begins here"
        lines.append(
            f"{weight_text(tree.weight, own)} of it {words}, "
            f"{share_text(own, tree.whole)} of {tree.name_of(0)}"
        )
    if tree.base is not None:
        lines += _comparison(tree, node)
    if together > 1:
        lines.append(f"One of {together:,} frames at this pixel; zoom in to tell them apart")
    return lines


def _belongs(tree: CallTree, node: int, theme: Theme) -> str:
    name, module = tree.name_of(node), tree.module_of(node)
    role = role_name(name)
    subsystem = theme.role(role).label if role != "caller" else subsystem_name(name, module)
    text = module_text(module)
    return text if subsystem in (text, "kernel") else f"{text}, {subsystem} (inferred)"


def _shares(tree: CallTree, node: int) -> str:
    total = int(tree.total[node])
    if not node:
        return "everything"
    text = f"{share_text(total, tree.whole)} of {tree.name_of(0)}"
    parent = int(tree.parent[node])
    if parent > 0:
        share = share_text(total, int(tree.total[parent]))
        text += f", {share} of {'its callee' if tree.inverted else 'its caller'}"
    return text


def _comparison(tree: CallTree, node: int) -> list[str]:
    assert tree.base is not None
    total, base = int(tree.total[node]), int(tree.base[node])
    old_share = share_text(base, int(tree.base[0]))
    by = weight_text(tree.weight, abs(total - base))
    more = "more" if total >= base else "less"
    return [
        f"Before: {weight_text(tree.weight, base)}, {old_share} of {tree.name_of(0)}",
        f"Change: {change_text(total, base)}"
        + (f", {by} {more}" if total != base else "")
        + f"; its share: {node_change(tree, node, normalised=True)}",
    ]


def spoken(tree: CallTree, node: int, theme: Theme) -> str:
    """Return a frame for a screen reader."""
    depth = f"level {int(tree.depths[node])} of {tree.depth - 1}"
    return ". ".join([*frame_lines(tree, node, theme=theme), depth])
