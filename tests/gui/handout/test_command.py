"""Handouts from the terminal."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from core import cli
from core.commands.render import _is_handout
from core.lesson.loader import save
from tests.gui.handout.test_export import LESSON


@pytest.fixture
def lesson(qapp: QApplication, tmp_path: Path) -> str:
    path = tmp_path / "small.toml"
    save(path, LESSON)
    return str(path)


def test_a_lesson_becomes_a_page(lesson: str, tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    assert cli.main(["render", lesson, str(out), "--notes"]) == 0
    assert "Speak slowly" in out.read_text("utf-8")


def test_a_lesson_becomes_paper(lesson: str, tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    assert cli.main(["render", lesson, str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF")


def test_what_is_no_lesson_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.html"
    assert cli.main(["render", "mail-chain", str(out)]) == 2
    assert "there is no lesson 'mail-chain'" in capsys.readouterr().err
    assert cli.main(["render", "mail-chain", str(tmp_path / "a.png"), "--notes"]) == 2
    assert "only the handout of a whole lesson has notes" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--view=stack", "--at=start", "--guard=bit2", "--scale=2"])
def test_what_is_one_pictures_is_refused(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.html"
    assert cli.main(["render", "one-bit", str(out), option]) == 2
    said = capsys.readouterr().err
    assert f"{option.partition('=')[0]}: a handout has a picture of every step" in said
    assert not out.exists()


def test_an_unwritable_target_is_said(
    lesson: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["render", lesson, str(tmp_path / "no" / "out.html")]) == 2
    assert "cannot write the handout" in capsys.readouterr().err


def test_a_picture_of_a_step_stays_one() -> None:
    chosen = argparse.Namespace(what="one-bit", out="a.pdf", step=4, at="", view=None)
    assert not _is_handout(chosen)
    chosen.step = 0
    assert _is_handout(chosen)
    chosen.what = "mail-chain"
    assert not _is_handout(chosen)
