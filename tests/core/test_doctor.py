from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import doctor
from core.doctor import Finding

ROOT = Path(__file__).parents[2]
X_SESSION = {"DISPLAY": ":7"}


class Loader:
    """Stands for the dynamic loader of a machine that lacks some libraries."""

    def __init__(self, *missing: str, x_error: int = 0) -> None:
        self.missing = missing
        self.x_error = x_error

    def __call__(self, soname: str) -> object:
        if soname in self.missing:
            raise OSError(f"{soname}: cannot open shared object file: No such file or directory")
        return FakeXcb(self.x_error)


class FakeXcb:
    """libxcb as far as it is asked: connects, and says what became of it."""

    def __init__(self, error: int) -> None:
        def connect(display: bytes, screen: None) -> int:
            return 1

        def has_error(connection: int) -> int:
            return error

        def disconnect(connection: int) -> None: ...

        self.xcb_connect = connect
        self.xcb_connection_has_error = has_error
        self.xcb_disconnect = disconnect


@pytest.fixture(autouse=True)
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the machine an apt-get, and an administrator who uses sudo."""
    apt_get = tmp_path / "apt-get"
    apt_get.touch()
    monkeypatch.setattr(doctor, "APT_GET", apt_get)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return apt_get


def by_name(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    named = {each.name: each for each in findings}
    assert len(named) == len(findings), "a finding is there twice"
    return named


# --- all of it


def test_a_machine_with_everything_is_ok_and_needs_no_command() -> None:
    findings = doctor.examine(X_SESSION, Loader())
    assert [each.name for each in findings if not each.ok and each.required] == []
    assert {"Python", "numpy", "pyside6-essentials", "display", "libEGL.so.1"} <= {
        each.name for each in findings
    }
    assert doctor.install_command(findings) is None


def test_what_is_wrong_comes_with_advice() -> None:
    findings = doctor.examine({}, Loader("libEGL.so.1", "libxcb-cursor.so.0"))
    assert [each.name for each in findings if not each.ok and not each.advice] == []


def test_extras_are_looked_at_but_not_required() -> None:
    findings = by_name(doctor.examine(X_SESSION, Loader()))
    assert not findings["av"].required
    assert "pytest" not in findings


def test_an_ownerscope_that_is_not_installed_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PROGRAM", "ownerscope-of-nobody")
    assert not by_name(doctor.examine(X_SESSION, Loader()))["ownerscope-of-nobody"].ok


def test_the_running_kernels_layout_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "BTF", Path("/nonexistent/btf"))
    finding = by_name(doctor.examine(X_SESSION, Loader()))["kernel BTF"]
    assert not finding.ok
    assert not finding.required


# --- the command


def test_one_command_installs_all_that_is_missing() -> None:
    findings = doctor.examine(X_SESSION, Loader("libEGL.so.1", "libxcb-cursor.so.0"))
    assert doctor.install_command(findings) == (
        "sudo apt-get update && sudo apt-get install -y libegl1 libxcb-cursor0"
    )


def test_root_needs_no_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    findings = [Finding("libGL.so.1", False, True, "")]
    assert doctor.install_command(findings) == "apt-get update && apt-get install -y libgl1"


def test_without_apt_the_library_is_named_instead(debian: Path) -> None:
    debian.unlink()
    findings = by_name(doctor.examine(X_SESSION, Loader("libEGL.so.1")))
    assert doctor.install_command(findings.values()) is None
    assert findings["libEGL.so.1"].advice == "install what Debian calls libegl1 for libEGL.so.1"


def test_the_setup_script_installs_what_the_doctor_asks_for() -> None:
    script = (ROOT / "tools/setup.sh").read_text()
    asked_for = {**doctor.EVERY_PLATFORM, **doctor.XCB}.values()
    assert [name for name in (*asked_for, doctor.FONTS_PACKAGE) if name not in script] == []


# --- requirements


def check(line: str, python: tuple[int, int] = (3, 11), **installed: str) -> list[Finding]:
    return list(doctor.check_requirements([line], installed.get, python))


def test_a_requirement_that_is_met() -> None:
    assert check("numpy>=1.26", numpy="2.1.0") == [Finding("numpy", True, True, "2.1.0")]


@pytest.mark.parametrize("version", ["1.25.9", "0.1"])
def test_a_version_that_is_too_old_is_named_with_the_range(version: str) -> None:
    (finding,) = check("numpy>=1.26", numpy=version)
    assert not finding.ok
    assert finding.detail == f"{version} is not >=1.26"
    assert finding.advice.endswith("-m pip install 'numpy>=1.26'")


def test_a_missing_requirement() -> None:
    (finding,) = check("msgspec>=0.18.6")
    assert (finding.ok, finding.required, finding.detail) == (False, True, "not installed")


def test_a_requirement_for_another_python_is_left_out() -> None:
    assert check("tomli>=2; python_version < '3.11'") == []
    assert check("tomli>=2; python_version < '3.12'", tomli="2.0") != []


def test_development_tools_are_left_out() -> None:
    assert check("pytest>=8; extra == 'dev'") == []


def test_the_qt_that_aborts_on_python_311_is_found() -> None:
    def found(python: tuple[int, int], version: str) -> Finding:
        lines = [
            "pyside6-essentials<6.12,>=6.9; python_version < '3.12'",
            "pyside6-essentials>=6.9; python_version >= '3.12'",
        ]
        installed = {"pyside6-essentials": version}
        (finding,) = doctor.check_requirements(lines, installed.get, python)
        return finding

    assert found((3, 11), "6.11.3").ok
    assert found((3, 11), "6.12.0").detail == "6.12.0 aborts on Python 3.11"
    assert not found((3, 11), "6.13.0").ok
    assert found((3, 12), "6.12.0").ok
    assert not found((3, 12), "6.8.3").ok


@given(st.lists(st.integers(0, 99), min_size=1, max_size=4), st.lists(st.integers(0, 99)))
def test_versions_compare_by_number(limit: list[int], version: list[int]) -> None:
    text = ".".join(map(str, version[:4])) or "0"
    (finding,) = check(f"x>={'.'.join(map(str, limit))}", x=text)
    assert finding.ok == ((version + [0] * 4)[:4] >= (limit + [0] * 4)[:4])


# --- the display


@pytest.mark.parametrize(
    ("environ", "tried"),
    [
        ({}, "xcb"),
        ({"DISPLAY": ":0"}, "xcb"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "wayland xcb"),
        ({"XDG_SESSION_TYPE": "wayland"}, "wayland xcb"),
        ({"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}, "offscreen"),
        ({"QT_QPA_PLATFORM": "wayland;xcb"}, "wayland xcb"),
        ({"QT_QPA_PLATFORM": "vnc:size=800x600"}, "vnc"),
    ],
)
def test_platforms_are_tried_in_the_order_of_qt(environ: dict[str, str], tried: str) -> None:
    assert " ".join(doctor.platforms(environ)) == tried


def test_no_display_is_a_finding() -> None:
    finding = by_name(doctor.examine({}, Loader()))["display"]
    assert not finding.ok
    assert finding.detail == "DISPLAY is not set"
    assert "xvfb-run" in finding.advice


def test_no_display_is_needed_offscreen() -> None:
    finding = by_name(doctor.examine({"QT_QPA_PLATFORM": "offscreen"}, Loader()))["display"]
    assert finding.ok
    assert finding.detail == "Qt platform offscreen"


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (0, ""),
        (1, "cannot connect to the X server of DISPLAY=:7"),
        (5, "DISPLAY=:7 does not name an X server, as ':0' does"),
    ],
)
def test_what_libxcb_says_is_put_in_words(error: int, problem: str) -> None:
    assert doctor.display_problem("xcb", X_SESSION, Loader(x_error=error)) == problem


def test_why_the_server_refuses_is_repeated_and_not_printed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    class Refusing(Loader):
        def __call__(self, soname: str) -> object:
            xcb = FakeXcb(1)

            def connect(display: bytes, screen: None) -> int:
                os.write(2, b"Authorization required\n\n")
                return 1

            xcb.xcb_connect = connect
            return xcb

    problem = doctor.display_problem("xcb", X_SESSION, Refusing())
    assert problem == "cannot connect to the X server of DISPLAY=:7 (Authorization required)"
    assert capfd.readouterr().err == ""


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose path fits into the 108 bytes of a socket address."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_a_wayland_compositor_answers_or_not(short_path: Path) -> None:
    environ = {"XDG_RUNTIME_DIR": str(short_path), "WAYLAND_DISPLAY": "wayland-3"}
    assert doctor.display_problem("wayland", environ, Loader()) == (
        f"no Wayland compositor answers at {short_path}/wayland-3"
    )
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(short_path / "wayland-3"))
        compositor.listen()
        assert doctor.display_problem("wayland", environ, Loader()) == ""


# --- libraries and fonts


def test_a_missing_library_of_every_platform_is_required() -> None:
    finding = by_name(doctor.examine(X_SESSION, Loader("libGL.so.1")))["libGL.so.1"]
    assert (finding.ok, finding.required) == (False, True)
    assert "cannot open shared object file" in finding.detail
    assert "apt-get install -y libgl1" in finding.advice


def test_x_libraries_are_not_asked_for_offscreen() -> None:
    findings = doctor.examine({"QT_QPA_PLATFORM": "offscreen"}, Loader("libxcb-cursor.so.0"))
    assert "libxcb-cursor.so.0" not in by_name(findings)


def test_x_libraries_are_not_required_where_wayland_works() -> None:
    wayland = {"WAYLAND_DISPLAY": "wayland-0"}
    finding = by_name(doctor.examine(wayland, Loader("libxcb-cursor.so.0")))["libxcb-cursor.so.0"]
    assert (finding.ok, finding.required) == (False, False)


def test_fonts_are_found_anywhere_below_the_users_folder(tmp_path: Path) -> None:
    (tmp_path / "fonts/deep").mkdir(parents=True)
    (tmp_path / "fonts/deep/some.ttf").touch()
    environ = {"XDG_DATA_HOME": str(tmp_path), "HOME": "/nonexistent"}
    assert by_name(doctor.examine(environ, Loader()))["fonts"].ok


def test_no_fonts_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(place: object) -> Iterator[tuple[str, list[str], list[str]]]:
        return iter(())

    monkeypatch.setattr(os, "walk", nothing)
    finding = by_name(doctor.examine(X_SESSION, Loader()))["fonts"]
    assert not finding.ok
    assert "apt-get install -y fonts-dejavu-core" in finding.advice
