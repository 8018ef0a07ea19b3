"""Reads the words of a page that Qt has written, much faster than a reader of any PDF can."""

from __future__ import annotations

import re

from pypdf import PageObject

_RUNS = re.compile(rb"BT\b|/(\w+) [\d.]+ Tf|<([0-9A-F]+)> Tj")
_RANGE = re.compile(r"<(\w+)> <\w+> \[([^]]*)\]")


def printed(page: PageObject) -> str:
    """Return a page's words in the order they were painted, one blank between any two.

    Qt shows one glyph at a time, by its number in a part of a font; the font says in ``ToUnicode``
    which letters each number stands for, as one list for all of them.
    """
    fonts = {
        name[1:].encode(): _letters(font.get_object()["/ToUnicode"].get_data().decode("ascii"))
        for name, font in page["/Resources"]["/Font"].items()  # type: ignore[index]
    }
    found: list[str] = []
    letters: dict[int, str] = {}
    contents = page["/Contents"].get_object().get_data()  # type: ignore[union-attr]
    for font, glyphs in _RUNS.findall(contents):
        if font:
            letters = fonts[font]
        elif glyphs:
            found += [letters[int(glyphs[at : at + 4], 16)] for at in range(0, len(glyphs), 4)]
        else:
            found.append(" ")
    return " ".join("".join(found).split())


def _letters(to_unicode: str) -> dict[int, str]:
    return {
        int(first, 16) + at: bytes.fromhex(letters).decode("utf-16-be")
        for first, listed in _RANGE.findall(to_unicode)
        for at, letters in enumerate(re.findall(r"<(\w+)>", listed))
    }
