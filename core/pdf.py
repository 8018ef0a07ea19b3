"""What a PDF says of itself: its title, its language, and the places one can jump to.

Qt writes pages and links, but also the time, and no outline. Without the time the same pages are
the same bytes.
"""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf import PageObject, PdfWriter

LANGUAGE = "en"
MAKER = "ownerscope"
_FONT = re.compile(rb"(/(?:FontName|BaseFont) /)([A-Z]{6})\+")
_LIST, _CODE = re.compile(rb"\[[^\]]*\]"), re.compile(rb"<[0-9A-F]{4}>")
_MEANT = {
    b"<0009>": b"<0020>",  # a tab looks as a space does, and Qt keeps only one of the two
    **{b"<FB0%d>" % at: b"<%s>" % letters.encode("utf-16-be").hex().upper().encode()
       for at, letters in enumerate(("ff", "fi", "fl", "ffi", "ffl"))},
}  # fmt: skip
"""What a sign in Qt's PDF stands for, in place of what Qt says."""

_XMP = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{maker}</xmp:CreatorTool>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
"""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place in a document that its outline names.

    Attributes:
        title: What it is called.
        page: The page, from 0.
        top_pt: How far below the page's upper edge, in points.
    """

    title: str
    page: int
    top_pt: float


def described(title: str) -> bytes:
    """Return what a PDF says of itself in XML (XMP), without the time."""
    return _XMP.format(title=escape(title), language=LANGUAGE, maker=MAKER).encode("utf-8")


def id_of(title: str) -> str:
    """Return the identifier of a document with a title: always the same, as its bytes are."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{MAKER}:{title}"))


def finished(pdf: bytes, title: str, bookmarks: Sequence[Bookmark] = ()) -> bytes:
    """Return a PDF with its title, its language and an outline, and without the time.

    Args:
        pdf: The contents of the file as it was written.
        title: What a reader shows as the name of its window.
        bookmarks: The outline.
    """
    from pypdf import PdfWriter
    from pypdf.generic import BooleanObject, DictionaryObject, Fit, NameObject, TextStringObject

    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    writer.metadata = {"/Title": title, "/Creator": MAKER, "/Producer": MAKER}
    root = writer.root_object
    root[NameObject("/Lang")] = TextStringObject(LANGUAGE)
    root[NameObject("/ViewerPreferences")] = DictionaryObject(
        {NameObject("/DisplayDocTitle"): BooleanObject(True)}
    )
    for bookmark in bookmarks:
        top = float(writer.pages[bookmark.page].mediabox.top) - bookmark.top_pt
        fit = Fit.xyz(left=0, top=round(top, 2))
        writer.add_outline_item(title=bookmark.title, page_number=bookmark.page, fit=fit)
    if bookmarks:
        writer.page_mode = "/UseOutlines"
    _mend_words(writer)
    writer.pdf_header = pdf[:8].decode("ascii")
    made = io.BytesIO()
    writer.write(made)
    return _FONT.sub(_Tags(), made.getvalue())


def _mend_words(writer: PdfWriter) -> None:
    """Let who copies or looks for a word find it: with spaces, and letter by letter."""
    seen: set[int] = set()
    for font in (font for page in writer.pages for font in _fonts(page)):
        said = font.get_object().raw_get("/ToUnicode") if "/ToUnicode" in font else None
        if said is not None and said.idnum not in seen:
            seen.add(said.idnum)
            stream = said.get_object()
            stream.set_data(_LIST.sub(_mended, stream.get_data()))


def _fonts(page: PageObject) -> Iterator[Any]:
    fonts: Any = page.get("/Resources", {}).get("/Font", {})
    yield from (fonts[name] for name in fonts)


def _mended(listed: re.Match[bytes]) -> bytes:
    return _CODE.sub(lambda code: _MEANT.get(code[0], code[0]), listed[0])


class _Tags:
    """Names the fonts of a document anew, by their order: Qt takes a tag by chance."""

    def __init__(self) -> None:
        self._new: dict[bytes, bytes] = {}

    def __call__(self, found: re.Match[bytes]) -> bytes:
        new = self._new.setdefault(found[2], _tag(len(self._new)))
        return found[1] + new + b"+"


def _tag(number: int) -> bytes:
    """Return six capital letters."""
    letters = [number // 26**place % 26 for place in range(6)]
    return bytes(ord("A") + letter for letter in letters)
