"""Asking for a file to write: each time in the folder where one wrote last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_folders: list[Path] = []
"""Where the last file was written, if one was."""


def ask_where(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Return the file the user wants to write, None where they changed their mind.

    Args:
        parent: Over what the dialog stands.
        title: What it is for.
        name: The name that is offered, with its suffix.
        kinds: The kinds of file, as Qt writes them; the chosen one's suffix is added where the
            name has none of them.
    """
    offered = _folders[-1] / name if _folders else Path(name)
    chosen, kind = QFileDialog.getSaveFileName(parent, title, str(offered), kinds)
    if not chosen:
        return None
    path = Path(chosen)
    suffixes = [_suffix_of(each) for each in kinds.split(";;")]
    if path.suffix not in suffixes:
        path = path.with_name(path.name + (_suffix_of(kind) if kind else suffixes[0]))
    _folders[:] = [path.parent]
    return path


def _suffix_of(kind: str) -> str:
    return kind[kind.index("*") + 1 : kind.index(")")]
