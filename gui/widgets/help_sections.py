"""In which order the key help lists the commands: what is in force here first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gui.commands import Command

_WORKSPACES = "Workspaces"
"""The group of the commands that show a workspace; their ids end with its name."""
_EVERYWHERE = 1_000
"""Counts as more workspaces than there are."""


class Beside(NamedTuple):
    """A command that is listed beside another one, in whose section it is looked for.

    Attributes:
        id: The command.
        after: The other one.
        text: What it is called there.
    """

    id: str
    after: str
    text: str


class Section(NamedTuple):
    """One section of the key help.

    Attributes:
        group: The group its commands belong to.
        title: What stands above it, with the workspaces it is in force in where this is none.
        commands: In the order they were declared.
    """

    group: str
    title: str
    commands: tuple[Command, ...]


def sections(
    groups: Mapping[str, Sequence[Command]], here: str, beside: Sequence[Beside] = ()
) -> list[Section]:
    """Return the sections of the key help.

    Args:
        groups: The commands by group.
        here: The workspace in front; empty before there is one, and all is in force.
        beside: What is listed elsewhere than in its group.

    Returns:
        What is in force here, the workspace's own first; then what is in force elsewhere.
    """
    if beside:
        groups = _moved(groups, beside)
    names = {each.id.partition(".")[2]: each.text for each in groups.get(_WORKSPACES, ())}
    inside: list[Section] = []
    outside: list[Section] = []
    for group, commands in groups.items():
        elsewhere: dict[tuple[str, ...], list[Command]] = {}
        for command in commands:
            away = here and command.contexts and here not in command.contexts
            elsewhere.setdefault(command.contexts if away else (), []).append(command)
        for contexts, found in elsewhere.items():
            where = _where(contexts, names)
            title = group.upper() + (f" · {where}" if where else "")
            (outside if contexts else inside).append(Section(group, title, tuple(found)))
    return [*sorted(inside, key=_spread), *outside] if here else inside


def _moved(
    groups: Mapping[str, Sequence[Command]], beside: Sequence[Beside]
) -> dict[str, list[Command]]:
    """Return the groups with some commands beside others, in force where those are."""
    every = {each.id: each for commands in groups.values() for each in commands}
    moved = [each for each in beside if each.id in every and each.after in every]
    ids = {each.id for each in moved}
    made: dict[str, list[Command]] = {}
    for group, commands in groups.items():
        found = made.setdefault(group, [])
        for command in (each for each in commands if each.id not in ids):
            found.append(command)
            found += [
                replace(every[each.id], text=each.text, contexts=command.contexts)
                for each in moved
                if each.after == command.id
            ]
    return {group: commands for group, commands in made.items() if commands}


def _spread(section: Section) -> int:
    """Return in how many workspaces a section's commands are in force."""
    return max(len(each.contexts) or _EVERYWHERE for each in section.commands)


def _where(contexts: Sequence[str], names: Mapping[str, str]) -> str:
    """Return the workspaces that there are in words: in the Live and Layout workspaces."""
    known = [names.get(each, "" if names else each.capitalize()) for each in contexts]
    *most, last = [name for name in known if name] or [""]
    if not last:
        return "in another workspace" if contexts else ""
    if not most:
        return f"in the {last} workspace"
    return f"in the {', '.join(most)} and {last} workspaces"
