"""A struct as cache lines, with the new field in it, and beside it what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from core.errors import RenderError
from gui.render.room import room_of
from gui.render.scenes import SlideScene
from gui.render.slide import Slide
from gui.render.still_themes import StillThemes

if TYPE_CHECKING:
    from gui.layout_session import LayoutSession
    from gui.render.request import PictureRequest
    from gui.render.scenes import Scene
    from gui.widgets.layout.bits import StorageWordView
    from gui.widgets.layout.columns import StorageColumns

_MAP_SHARE = 54
"""Percent of the width that the map gets beside what the field costs."""
_WORD_SHARE = 40
"""Percent of the height that the storage word keeps to where it can."""
_BESIDE_FROM = 740
"""From this width on, at a scale of 1, what the field costs stands beside the map."""
_BELOW_SHARE, _BELOW_SHARE_UPRIGHT = 42, 56
"""Percent of the height that all below the map gets at most."""


def layout_scene(request: PictureRequest) -> Scene:
    """Return the map of a kernel's task_struct, the storage word and what it costs.

    Raises:
        OwnerscopeError: There is no such layout, or the field cannot go there.
    """
    from gui.widgets.layout.bits import StorageWordView
    from gui.widgets.layout.columns import StorageColumns
    from gui.widgets.layout.map import StructMap

    themes = StillThemes(request.theme, request.scale)
    session = laid_out(request)
    layout = session.layout
    assert layout is not None
    head = request.title or f"struct {layout.struct.name}"
    slide = Slide(themes, head, layout.label)
    map_view, word = StructMap(session, themes), StorageWordView(session, themes)
    columns = StorageColumns(session, themes)
    whole, side = QWidget(), QWidget()
    beside, ways = _is_beside(request), QBoxLayout.Direction
    halves = QBoxLayout(ways.LeftToRight if beside else ways.TopToBottom, whole)
    column = QVBoxLayout(side)
    for box in (halves, column):
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
    halves.addWidget(map_view, 0 if beside else 1)
    halves.addWidget(side)
    if beside:
        map_view.setFixedWidth(request.size[0] * _MAP_SHARE // 100)
    column.addWidget(columns, 1)
    column.addWidget(word)
    slide.add(whole, 1)
    scene = SlideScene(slide, request.size, None, themes, session)
    room = whole.height()
    if not beside:
        upright = request.size[1] > request.size[0]
        room = room * (_BELOW_SHARE_UPRIGHT if upright else _BELOW_SHARE) // 100
    needs = _fit(columns, word, room, request.size[1] * _WORD_SHARE // 100)
    if not beside:
        side.setFixedHeight(needs)
    slide.show_at(*request.size)
    map_view.show_candidate()
    map_view.show_selected()
    map_view.buttons.hide()
    return scene


def _is_beside(request: PictureRequest) -> bool:
    width, height = room_of(request)
    return width >= _BESIDE_FROM and width >= height


def _fit(columns: StorageColumns, word: StorageWordView, room: int, most: int) -> int:
    """Leave out what there is no room for, least important first; return the height it takes.

    Args:
        columns: The answer and the comparison.
        word: The storage word below it.
        room: The height for both.
        most: The height that the word keeps to where it can.
    """
    word.setFixedHeight(word.wanted_height(most))
    shown = [  # the table, the sentence, the notes, the word, and what the answer says below
        (True, True, True, True, True), (True, True, False, True, True),
        (True, True, True, False, True), (True, True, False, False, True),
        (False, True, False, True, True), (False, False, False, True, True),
        (False, True, False, False, True), (False, False, False, False, True),
        (False, False, False, False, False),
    ]  # fmt: skip
    for table, sentence, notes, has_word, detail in shown:
        columns.show_parts(table=table, sentence=sentence, notes=notes)
        columns.verdict.detail.setVisible(detail)
        word.setVisible(has_word)
        needs = columns.wanted_height() + (word.height() if has_word else 0)
        if needs <= room:
            return needs
    columns.hide()  # the map is what the picture is of
    return 0


def laid_out(request: PictureRequest) -> LayoutSession:
    """Return a session with the struct that a picture is of, and the field in it.

    Raises:
        OwnerscopeError: There is no such layout, or the field cannot go there.
    """
    from core.layout.library import DEFAULT
    from gui.layout_session import LayoutSession

    session = LayoutSession()
    problems: list[str] = []
    session.failed.connect(problems.append)
    if session.open(request.kernel or DEFAULT):
        if request.struct:
            session.show_struct(request.struct)
        if request.field:
            session.set_field(request.field)
        if request.place:
            session.set_place(request.place)
    if problems:
        raise RenderError(problems[0], where="--view layout")
    for text in request.highlights:
        kind, _, name = text.partition(":")
        if kind == "member":
            session.select(name)
    return session
