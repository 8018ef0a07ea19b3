from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import doctor
from core.errors import EnvironmentProblem
from gui import preflight

HAS_X = ctypes.util.find_library("xcb") is not None
needs_x = pytest.mark.skipif(not HAS_X, reason="libxcb is not installed")
needs_xvfb = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")


def loads_everything(soname: str) -> object:
    return object()


def problem_of(environ: dict[str, str], load: doctor.Load = ctypes.CDLL) -> str:
    with pytest.raises(EnvironmentProblem) as caught:
        preflight.check(environ, load)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def test_without_a_display_the_sentence_says_what_to_do() -> None:
    assert problem_of({}, loads_everything) == (
        "no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set; start it in a "
        "desktop session, over ssh -X or under xvfb-run; 'ownerscope run' needs no window"
    )


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:size=800x600", "xcb;offscreen"])
def test_no_display_is_needed_where_qt_needs_none(platform: str) -> None:
    preflight.check({"QT_QPA_PLATFORM": platform}, loads_everything)


def test_a_forced_platform_is_not_given_another_display() -> None:
    environ = {"QT_QPA_PLATFORM": "xcb", "WAYLAND_DISPLAY": "wayland-0"}
    assert "DISPLAY is not set" in problem_of(environ, loads_everything)


def test_missing_libraries_come_with_the_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(soname: str) -> object:
        if soname in {"libEGL.so.1", "libfontconfig.so.1"}:
            raise OSError(f"{soname}: cannot open shared object file")
        return object()

    (tmp_path / "apt-get").touch()
    monkeypatch.setattr(doctor, "APT_GET", tmp_path / "apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert problem_of({"QT_QPA_PLATFORM": "offscreen"}, load) == (
        "the window needs libfontconfig.so.1, libEGL.so.1, which cannot be loaded; run "
        "'sudo apt-get update && sudo apt-get install -y libfontconfig1 libegl1'"
    )


@needs_x
@pytest.mark.parametrize(
    ("display", "said"),
    [
        (":65123", "cannot connect to the X server of DISPLAY=:65123"),
        ("65123", "DISPLAY=65123 does not name an X server"),
        ("localhost:65", "cannot connect to the X server of DISPLAY=localhost:65"),
    ],
)
def test_a_dead_display_is_said_so(display: str, said: str) -> None:
    assert said in problem_of({"DISPLAY": display})


@needs_x
def test_a_server_that_hangs_does_not_hang_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "DISPLAY_TIMEOUT_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1] - 6000  # the port of an X server is 6000 + its number
        assert "does not answer" in problem_of({"DISPLAY": f"127.0.0.1:{number}"})


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of our own."""
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "640x480x24", "-nolisten", "tcp"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as numbers:
        number = numbers.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


@needs_xvfb
def test_a_display_that_answers_takes_no_time(display: str) -> None:
    preflight.check({"DISPLAY": display})  # the first time loads libraries
    taken = []
    for _ in range(3):  # a busy machine may be late once
        begin = time.perf_counter()
        preflight.check({"DISPLAY": display})
        taken.append(time.perf_counter() - begin)
        if taken[-1] < 2:
            break
    assert min(taken) < 2, "nothing is waited for"


@needs_xvfb
def test_where_the_check_is_content_qt_starts(display: str) -> None:
    program = (
        "from gui import preflight; preflight.check();"
        "from PySide6.QtWidgets import QApplication; print(QApplication([]).platformName())"
    )
    environ = {**os.environ, "DISPLAY": display}
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        environ.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=False
    )
    assert done.stdout == "xcb\n", done.stderr
