"""The Layout workspace's views on a stand: shown with a kernel open, or with one made here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.layout import library
from core.layout.analysis import Question, analyse
from core.layout.model import TASK_STRUCT, KernelLayout, KernelTypes, StructLayout
from gui.layout_session import LayoutSession
from gui.theme import ThemeManager

BTF = Path(__file__).parents[1] / "data" / "btf"
DEBIAN = "debian-6.1-amd64"
BIG_ENDIAN = str(BTF / "s390x-debian-s390x.btf")
PAYS = str(BTF / "arm64-rand1.btf")
"""A configuration whose v1 place has no hole: an unsigned int costs a whole line there."""

AnyWidget = TypeVar("AnyWidget", bound=QWidget)


def shown(
    qtbot: QtBot,
    make: Callable[[LayoutSession, ThemeManager], AnyWidget],
    size: tuple[int, int],
    kernel: str = DEBIAN,
    field: str = "uint",
) -> tuple[AnyWidget, LayoutSession, ThemeManager]:
    """Show a view, then open a kernel in its session; an empty name opens none."""
    themes, session = ThemeManager(), LayoutSession()
    view = make(session, themes)
    qtbot.addWidget(view)
    view.resize(*size)
    with qtbot.waitExposed(view):
        view.show()
    if kernel:
        assert session.open(kernel)
        assert session.set_field(field)
    return view, session, themes


class Patched:
    """A kernel whose task_struct is another one."""

    def __init__(self, types: KernelTypes, struct: StructLayout) -> None:
        self._types, self._struct = types, struct

    def layout(self, struct: str = TASK_STRUCT) -> KernelLayout:
        found = self._types.layout(struct)
        return replace(found, struct=self._struct) if struct == TASK_STRUCT else found

    def find(self, struct: str) -> StructLayout | None:
        return self._struct if struct == TASK_STRUCT else self._types.find(struct)

    def size_and_align(self, typedef: str) -> tuple[int, int] | None:
        return self._types.size_and_align(typedef)

    def struct_names(self) -> tuple[str, ...]:
        return self._types.struct_names()


def with_own_guard() -> KernelTypes:
    """Return Debian's 6.1 as it would be with CONFIG_PAGE_OWNER: it has in_page_owner."""
    types = library.open_kernel(DEBIAN)
    return Patched(types, analyse(types, Question()).ask("bit1").what_if.after)
