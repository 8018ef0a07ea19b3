"""``ownerscope render``: in a process of its own, as a terminal without a display starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from core.commands.app import parser, run_command
from core.commands.render import wanted


def rendered(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command with no display and no platform chosen."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [sys.executable, "-m", "core.cli", "render", *words],
        capture_output=True, text=True, timeout=60, check=False,
        env=environment | {"PYTHONPATH": os.pathsep.join(sys.path)}, cwd=folder,
    )  # fmt: skip


def test_it_draws_without_a_display_says_nothing_and_draws_the_same_bytes_again(
    tmp_path: Path,
) -> None:
    for name in ("a.png", "b.png"):
        done = rendered("mail-chain", name, "--size", "640x400", "--at", "41", folder=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (640, 400)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mail-chain", "a.jpg"), "OUT: expected a name that ends in .png"),
        (("mail-chain", "a.png", "--view", "stak"), "--view: there is no view 'stak'"),
        (("mail-chain", "a.png", "--size", "10"), "--size: expected WIDTHxHEIGHT, got '10'"),
        (("mail-chain", "a.png", "--size", "1x1"), "--size: 1 x 1 is not between"),
        (("mail-chain", "a.png", "--size", "16000x16000"), "pixels are too many"),
        (("mail-chain", "a.mp4", "--size", "321x200"), "even width and height"),
        (("mail-chain", "a.png", "--theme", "pink"), "--theme: expected light or dark"),
        (("mail-chain", "a.png", "--scale", "100"), "--scale: 100 is not between"),
        (("mail-chain", "a.png", "--scale", "nan"), "--scale: nan is not between"),
        (("mail-chain", "a.gif", "--fps", "0"), "--fps: 0 is not between"),
        (("mail-chain", "a.gif", "--speed", "-1"), "--speed: -1 is not between"),
        (("mail-chain", "a.gif", "--at", "3", "--to", "4"), "--at is one moment"),
        (("mail-chain", "a.png", "--from", "3"), "a PNG shows one moment"),
        (("mail-chain", "a.mp4", "--at", "3"), "an MP4 is a film"),
        (("mail-chain",), "OUT"),
    ],
)
def test_options_that_make_no_sense_are_one_line(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of them before anything is opened, so no application is needed."""
    assert run_command(["render", *words]) == 2
    error = capsys.readouterr().err
    assert error.startswith("ownerscope: ")
    assert said in error
    assert error.count("\n") == 1


def test_what_does_not_exist_is_one_line(tmp_path: Path) -> None:
    done = rendered("mail-chian", "a.png", folder=tmp_path)
    assert done.returncode == 2
    assert "mail-chain" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    done = rendered("mail-chain", "no/a.png", "--size", "320x200", folder=tmp_path)
    assert done.returncode == 2
    assert "there is no folder no" in done.stderr
    assert done.stderr.count("\n") == 1


def test_words_become_a_job() -> None:
    options = parser("render").parse_args(
        ["render", "depth-law", "a.gif", "--guard", "uint", "--max-depth", "3", "--set", "n=2",
         "--lanes", "uint:2, bit1", "--layout", "debian-6.1-amd64", "--essential"]
    )  # fmt: skip
    made = wanted(options)
    assert made["overrides"]["guard"] == "uint"
    assert made["overrides"]["max_depth"] == 3
    assert made["settings"] == {"n": "2"}
    assert made["lanes"] == ("uint:2", "bit1")
    assert made["kernel"] == made["overrides"]["layout"] == "debian-6.1-amd64"
    assert made["essential"] is True
