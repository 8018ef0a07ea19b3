"""Small pictures leave out what there is no room for; what they show is whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from core.commands.render import usual_scale
from core.errors import RenderError
from core.scenario.loader import open_scenario
from gui.render.make import make
from gui.render.request import VIEWS, PictureRequest
from gui.render.room import least_size
from gui.render.scenes import SlideScene, make_scene
from gui.widgets.explanation import ExplanationStrip
from gui.widgets.layout.bits import StorageWordView
from gui.widgets.layout.columns import StorageColumns
from gui.widgets.stack.gauge import GaugeView
from gui.widgets.tree.card import NodeCard
from tests.gui.render.stands import job

SIZES = [(480, 360), (640, 360), (800, 450), (480, 800), (800, 600), (1100, 700)]
GUARD_HIT = 35


def drawn(view: str, size: tuple[int, int], scale: float = 1.0) -> SlideScene:
    """Return a scene that has been drawn once."""
    source = open_scenario("mail-chain")
    request = PictureRequest(source=source, position=GUARD_HIT, size=size, scale=scale)
    scene = cast("SlideScene", make_scene(view, request))
    image = QImage(*size, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        scene.draw(painter, GUARD_HIT)
    return scene


def place_of(widget: QWidget, slide: QWidget) -> QRect:
    return QRect(widget.mapTo(slide, widget.rect().topLeft()), widget.size())


def cut_texts(slide: QWidget) -> list[str]:
    """Return the texts that do not wholly fit where they are."""
    found = []
    for label in slide.findChildren(QLabel):
        needs = label.heightForWidth(label.width()) if label.wordWrap() else 0
        whole = slide.rect().contains(place_of(label, slide))
        if label.isVisible() and label.text() and (needs > label.height() or not whole):
            found.append(label.text())
    return found


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("size", SIZES)
def test_no_text_is_cut_and_none_lies_on_another(
    view: str, size: tuple[int, int], qapp: QApplication
) -> None:
    scene = drawn(view, size)
    slide = scene.slide
    assert cut_texts(slide) == []
    places = [
        place_of(label, slide)
        for label in slide.findChildren(QLabel)
        if label.isVisible() and label.text()
    ]
    for at, place in enumerate(places):
        assert not any(place.intersects(other) for other in places[at + 1 :])


@pytest.mark.parametrize(
    ("size", "seen"),
    [((1280, 720), "answer table word"), ((1100, 700), "answer table"),
     ((800, 600), "answer word"), ((640, 360), "answer"), ((320, 200), "")],
)  # fmt: skip
def test_a_layout_leaves_out_the_least_important_first(
    size: tuple[int, int], seen: str, qapp: QApplication
) -> None:
    scene = drawn("layout", size)
    slide = scene.slide
    columns, word = slide.findChild(StorageColumns), slide.findChild(StorageWordView)
    assert columns is not None
    assert word is not None
    shown = {
        "answer": columns.isVisible(),
        "table": all(card.isVisible() for card in columns.cards.values()),
        "word": word.isVisible(),
    }
    assert [name for name, visible in shown.items() if visible] == seen.split()


def test_what_is_said_of_the_table_goes_with_it(qapp: QApplication) -> None:
    for size, seen in (((800, 600), False), ((1280, 720), True)):
        request = PictureRequest(field="uint", place="v1", size=size)
        scene = cast("SlideScene", make_scene("layout", request))
        columns = scene.slide.findChild(StorageColumns)
        assert columns is not None
        assert columns.elsewhere.isVisible() is seen


def test_a_picture_higher_than_wide_has_the_map_on_top(qapp: QApplication) -> None:
    scene = drawn("layout", (480, 800))
    slide = scene.slide
    columns = slide.findChild(StorageColumns)
    assert columns is not None
    place = place_of(columns, slide)
    assert place.width() == 480
    assert 300 < place.top() < 600


def test_a_tree_has_its_card_where_all_of_it_is_seen(qapp: QApplication) -> None:
    for size, visible in (((640, 360), False), ((1280, 720), True), ((3840, 2160), True)):
        scale = usual_scale(size)
        scene = drawn("tree", size, scale)
        card = scene.slide.findChild(NodeCard)
        assert card is not None
        assert card.isVisible() is visible


def test_a_narrow_stack_has_no_gauge_and_a_low_one_no_sentence(qapp: QApplication) -> None:
    for size, parts in (((800, 450), [GaugeView, ExplanationStrip]),
                        ((480, 360), [ExplanationStrip]), ((600, 240), [GaugeView])):  # fmt: skip
        scene = drawn("stack", size)
        slide = scene.slide
        kinds = (GaugeView, ExplanationStrip)
        assert [kind for kind in kinds if slide.findChildren(kind)] == parts


@pytest.mark.parametrize("view", VIEWS)
def test_the_size_that_is_too_small_is_told_with_the_least(
    view: str, tmp_path: Path, qapp: QApplication
) -> None:
    out = tmp_path / "a.png"
    with pytest.raises(RenderError) as told:
        make(job(out, view=view, size=(300, 180), scale=1.5))
    assert "\n" not in str(told.value)
    found = re.search(r"at least (\d+)x(\d+)", str(told.value))
    assert found is not None
    assert not out.exists()
    make(job(out, view=view, size=(int(found[1]), int(found[2])), scale=1.5))
    assert out.exists()


def test_more_lanes_need_more_room(qapp: QApplication) -> None:
    two, four = (least_size("compare", PictureRequest(lanes=("bit1",) * count)) for count in (2, 4))
    assert two[0] < four[0]


@pytest.mark.parametrize(
    ("size", "scale"),
    [
        ((640, 360), 1),
        ((1280, 720), 1),
        ((1920, 1080), 1),
        ((3840, 2160), 2),
        ((2160, 3840), 1.125),
    ],
)
def test_a_picture_of_many_pixels_is_drawn_larger(size: tuple[int, int], scale: float) -> None:
    assert usual_scale(size) == scale
