"""What a PDF says of itself, read by somebody else; and nothing of it by chance."""

from __future__ import annotations

import io

from pypdf import PdfReader, PdfWriter
from pypdf.generic import Destination, DictionaryObject, NameObject

from core.pdf import Bookmark, described, finished, id_of


def pages(count: int, **info: str) -> bytes:
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(600, 800)
    writer.add_metadata({f"/{key}": value for key, value in info.items()})
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_the_outline_counts_from_the_upper_edge() -> None:
    marks = [Bookmark("One", 0, 100.0), Bookmark("Zwei — ü", 2, 0.0)]
    reader = PdfReader(io.BytesIO(finished(pages(3), "A title", marks)))
    told = [
        (mark.title, reader.get_destination_page_number(mark), mark.top)
        for mark in reader.outline
        if isinstance(mark, Destination)
    ]
    assert told == [("One", 0, 700.0), ("Zwei — ü", 2, 800.0)]
    assert reader.page_mode == "/UseOutlines"


def test_title_and_language_are_told_and_the_time_is_not() -> None:
    dated = pages(1, CreationDate="D:20260101000000Z", Author="somebody", Title="old")
    reader = PdfReader(io.BytesIO(finished(dated, "A “title”")))
    assert reader.metadata is not None
    assert reader.metadata.title == "A “title”"
    assert set(reader.metadata) == {"/Title", "/Creator", "/Producer"}
    assert reader.trailer["/Root"]["/Lang"] == "en"  # type: ignore[index]
    assert reader.outline == []
    assert reader.page_mode is None


def test_only_the_pages_decide_on_the_bytes() -> None:
    early, late = (pages(2, CreationDate=f"D:2026010{day}000000Z") for day in (1, 2))
    assert early != late
    assert finished(early, "A") == finished(late, "A")


def test_the_name_of_a_font_is_by_its_order() -> None:
    assert id_of("A") == id_of("A") != id_of("B")
    named = [with_font(tag) for tag in ("QFDAAA", "QZCAAA")]
    assert named[0] != named[1]
    assert finished(named[0], "A") == finished(named[1], "A")
    assert b"/FontName /AAAAAA+Sans" in finished(named[0], "A")


def with_font(tag: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(600, 800)
    font = DictionaryObject({NameObject("/FontName"): NameObject(f"/{tag}+Sans")})
    writer.root_object[NameObject("/Font")] = font
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_the_xml_knows_what_stands_in_its_way() -> None:
    told = described("a < b & c").decode()
    assert "a &lt; b &amp; c" in told
    assert "Date" not in told
