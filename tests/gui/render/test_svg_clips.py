"""A drawing's words lie inside the clips they stand in: else a browser shows none of them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from PySide6.QtWidgets import QApplication

from core.scenario.loader import open_scenario
from gui.render.pictures import PictureRequest, picture

SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def numbers(text: str) -> list[float]:
    return [float(each) for each in _NUMBER.findall(text)]


def bounds(clip: ET.Element) -> tuple[float, float, float, float]:
    path = clip.find(f"{SVG}path")
    assert path is not None
    every = numbers(path.attrib["d"])
    return min(every[::2]), min(every[1::2]), max(every[::2]), max(every[1::2])


@pytest.mark.parametrize("view", ["stack", "timeline"])
def test_words_lie_inside_their_clip(view: str, qapp: QApplication) -> None:
    request = PictureRequest(
        source=open_scenario("mail-chain"), position=36, format="svg", size=(1100, 640),
    )  # fmt: skip
    root = ET.fromstring(picture(view, request))
    clips = {each.attrib["id"]: bounds(each) for each in root.iter(f"{SVG}clipPath")}
    words = 0
    for group in root.iter(f"{SVG}g"):
        if "clip-path" not in group.attrib:
            continue
        left, top, right, bottom = clips[group.attrib["clip-path"][5:-1]]
        for inner in group.iter(f"{SVG}g"):
            for text in inner.findall(f"{SVG}text"):
                *_, dx, dy = numbers(inner.attrib["transform"])
                x, y = float(text.attrib["x"]) + dx, float(text.attrib["y"]) + dy
                words += 1
                assert left - 1 <= x <= right and top <= y <= bottom + 6, "".join(text.itertext())
    assert words > 5
