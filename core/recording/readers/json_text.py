"""JSON that is cut or damaged: what can still be read of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[{}\[\],]', re.DOTALL)
"""What opens, closes and parts; a string, which may be cut, hides what is in it."""

_ENDS = {"{": "}", "[": "]"}
_NEXT_OBJECT = re.compile(r"(?:^|[\n,\[\]}])\s*(?=\{)")
_BETWEEN = re.compile(r"[\s,]*")


def text_of(data: bytes) -> str:
    """Return a file's text; what is no UTF-8 is replaced."""
    return data.decode("utf-8-sig", "replace")


def printable(text: str) -> str:
    """Return a text that can be written: JSON may escape half a character."""
    return text.encode("utf-8", "replace").decode()


def shown(struct: msgspec.Struct) -> str:
    """Return what was read as it may have been written, for a message."""
    return json.dumps(msgspec.to_builtins(struct))


def lines_in(data: bytes) -> int:
    """Return how many lines a file has."""
    return data.count(b"\n") + (not data.endswith(b"\n"))


def begin_of(text: str) -> tuple[Any, int | None]:
    """Return the value in a text as far as it can be read, and where that ends if it is damaged.

    What is still open where the text is damaged or cut is closed before the last thing in it,
    which may not be whole. The value is None where nothing is left.
    """
    try:
        return json.loads(text), None
    except json.JSONDecodeError as error:
        text = text[: error.pos]
    except RecursionError:
        return None, 0
    opened: list[str] = []
    end, depth = 0, 0
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in _ENDS:
            opened.append(sign)
        elif sign in "}]":
            opened.pop()
            end, depth = token.end(), len(opened)
        elif sign == ",":
            end, depth = token.start(), len(opened)
    closing = "".join(_ENDS[sign] for sign in reversed(opened[:depth]))
    try:
        return json.loads(text[:end] + closing), end
    except (json.JSONDecodeError, RecursionError):
        return None, 0


def objects_in(text: str, at: int) -> Iterator[tuple[int, Any]]:
    """Yield the objects of an array one by one, each with its place; None for what is damaged.

    After something damaged it goes on with what may be the next object. The array may be cut.

    Args:
        text: The text.
        at: Where in it the first object or what is before it begins.
    """
    decode = json.JSONDecoder().raw_decode
    while True:
        between = _BETWEEN.match(text, at)
        assert between is not None
        at = between.end()
        if at == len(text) or text[at] == "]":
            return
        try:
            value, end = decode(text, at)
        except (ValueError, RecursionError):
            value, end = None, at
        if isinstance(value, dict):
            yield at, value
        else:
            yield at, None
            following = _NEXT_OBJECT.search(text, max(end, at + 1))
            if following is None:
                return
            end = following.end()
        at = end
