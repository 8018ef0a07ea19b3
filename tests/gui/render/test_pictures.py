"""Pictures, read by others than who wrote them."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader
from PySide6.QtWidgets import QApplication

from core.errors import OwnerscopeError, RenderError
from core.scenario.loader import open_scenario
from core.scenario.run import plan, run
from gui.render.make import make
from gui.render.pictures import PictureRequest, picture
from gui.render.request import VIEWS
from gui.theme import ThemeManager
from tests.gui.render.stands import SMALL, job

SVG = "{http://www.w3.org/2000/svg}"
SAID = {
    "stack": "Call stack",
    "timeline": "insmod/311",
    "compare": "2-bit field",
    "layout": "sizeof",
    "tree": "Page event 1 of 1",
}
"""Words that each view has in it."""


def chain(**more: object) -> PictureRequest:
    return PictureRequest(source=open_scenario("mail-chain"), position=40, **more)  # type: ignore[arg-type]


def words_of(svg: bytes) -> str:
    return " ".join("".join(node.itertext()) for node in ET.fromstring(svg).iter(f"{SVG}text"))


@pytest.mark.parametrize("view", VIEWS)
def test_a_png_has_the_size_that_was_asked_for_and_something_on_it(
    view: str, qapp: QApplication
) -> None:
    made = Image.open(io.BytesIO(picture(view, chain(size=(640, 400)))))
    assert made.format == "PNG"
    assert made.size == (640, 400)
    colours = made.convert("RGB").getcolors(1 << 20)
    assert colours is not None
    assert len(colours) > 30


@pytest.mark.parametrize("view", VIEWS)
def test_a_drawing_has_text_that_can_be_selected_and_no_picture_of_it(
    view: str, qapp: QApplication
) -> None:
    made = picture(view, chain(format="svg", size=(1100, 640)))
    root = ET.fromstring(made)
    assert root.attrib["viewBox"] == "0 0 1100 640"
    assert (root.attrib["width"], root.attrib["height"]) == ("1100", "640")
    assert SAID[view] in words_of(made)
    # A pattern is a small tile; nothing that is drawn is a raster.
    for image in root.iter(f"{SVG}image"):
        assert float(image.attrib["width"]) <= 24


@pytest.mark.parametrize("view", VIEWS)
def test_a_browser_without_the_font_takes_one_of_its_kind(view: str, qapp: QApplication) -> None:
    root = ET.fromstring(picture(view, chain(format="svg", size=(800, 600))))
    named = [node.attrib["font-family"] for node in root.iter() if "font-family" in node.attrib]
    assert named
    for families in named:
        *fonts, kind = families.split(", ")
        assert kind == ("monospace" if fonts and "Mono" in fonts[0] else "sans-serif")
    assert all("font-family" in node.attrib for node in root.iter(f"{SVG}text"))


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_has_the_size_and_the_text(view: str, qapp: QApplication) -> None:
    made = PdfReader(io.BytesIO(picture(view, chain(format="pdf", size=(1200, 600)))))
    assert len(made.pages) == 1
    box = made.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (900, 450)
    assert made.metadata is not None and made.metadata.title == view
    assert "/CreationDate" not in made.metadata
    assert "linux" in made.pages[0].extract_text().lower() or view == "layout"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_same_request_gives_the_same_bytes(view: str, kind: str, qapp: QApplication) -> None:
    request = chain(format=kind, size=SMALL)
    assert picture(view, request) == picture(view, request)


def test_it_shows_the_moment_that_was_asked_for(qapp: QApplication) -> None:
    source = open_scenario("mail-chain")
    trace = run(plan(source))
    early, late = (
        words_of(picture("stack", PictureRequest(trace=trace, position=at, format="svg")))
        for at in (2, 36)
    )
    assert "event 3 of 116" in early
    assert "event 37 of 116" in late
    assert "insmod/311" in late


def test_a_picture_names_no_keys(qapp: QApplication) -> None:
    request = PictureRequest(source=open_scenario("mail-chain"), format="svg")
    said = words_of(picture("stack", request))
    assert "Nothing is on the stack yet" in said
    assert "Space" not in said


def test_themes_differ_and_leave_the_window_alone(qapp: QApplication) -> None:
    themes = ThemeManager()
    themes.choose("light")
    sheet, colour = qapp.styleSheet(), qapp.palette().window().color()
    dark, light = (picture("stack", chain(theme=theme, size=SMALL)) for theme in ("dark", "light"))
    assert dark != light
    assert Image.open(io.BytesIO(dark)).convert("L").resize((1, 1)).getpixel((0, 0)) < 80  # type: ignore[operator]
    assert Image.open(io.BytesIO(light)).convert("L").resize((1, 1)).getpixel((0, 0)) > 160  # type: ignore[operator]
    assert (qapp.styleSheet(), qapp.palette().window().color()) == (sheet, colour)


def test_a_larger_scale_draws_larger(qapp: QApplication) -> None:
    usual, twice = (
        ET.fromstring(picture("stack", chain(format="svg", scale=scale))) for scale in (1.0, 2.0)
    )
    largest = [
        max(float(node.attrib["font-size"]) for node in root.iter() if "font-size" in node.attrib)
        for root in (usual, twice)
    ]
    assert largest[1] > 1.5 * largest[0]


def test_several_cpus_are_columns(qapp: QApplication) -> None:
    source = open_scenario(Path(__file__).parents[1] / "two-cpus.toml")
    said = words_of(picture("stack", PictureRequest(source=source, position=20, format="svg")))
    assert "CPU 0" in said
    assert "CPU 1" in said


def test_lanes_and_fields_are_as_asked_for(qapp: QApplication) -> None:
    lanes = words_of(picture("compare", chain(format="svg", lanes=("none", "bit1"))))
    assert "no guard" in lanes
    assert "unsigned int" not in lanes
    field = words_of(picture("layout", chain(format="svg", field="bit1")))
    assert "1 bit adds" in field or "1-bit" in field or "in_page_owner" in field


def test_nothing_to_draw_says_so(qapp: QApplication) -> None:
    with pytest.raises(RenderError, match="no run"):
        picture("stack", PictureRequest())
    with pytest.raises(OwnerscopeError, match=r"no view 'stak'.*stack"):
        picture("stak", chain())
    with pytest.raises(OwnerscopeError, match="no layout or file 'nope'"):
        picture("layout", PictureRequest(kernel="nope"))


def test_what_was_there_stays_where_it_cannot_be_drawn(tmp_path: Path, qapp: QApplication) -> None:
    out = tmp_path / "a.png"
    out.write_bytes(b"old")
    with pytest.raises(OwnerscopeError, match="no position"):
        make(job(out, at="save_stack call 99"))
    assert out.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [out]
