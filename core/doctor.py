"""What this machine lacks to run ownerscope, and the command that installs it.

``ownerscope doctor`` prints what :func:`examine` finds; the window asks the same questions, one
platform at a time, before it loads Qt. Nothing here imports Qt, and what is slow to import is
imported where it is needed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Load = Callable[[str], Any]
"""Opens a shared library by its soname, as `ctypes.CDLL` does; OSError where that fails."""

PROGRAM = "ownerscope"

# soname -> Debian package. Every window needs the first group; the others belong to a platform.
EVERY_PLATFORM = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
}
XCB = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
WAYLAND = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
FONTS_PACKAGE = "fonts-dejavu-core"
PACKAGES = {**EVERY_PLATFORM, **XCB, **WAYLAND, "fonts": FONTS_PACKAGE}

DISPLAY_TIMEOUT_S = 3.0
APT_GET = Path("/usr/bin/apt-get")
BTF = Path("/sys/kernel/btf/vmlinux")
_XCB_PARSE_ERROR = 5
NO_WINDOW_ADVICE = (
    "start it in a desktop session, over ssh -X or under xvfb-run; 'ownerscope run' needs no window"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What it is: a package, a library, ``display``.
        ok: Whether it is as it should be.
        required: Whether the program or its window cannot work without it.
        detail: What was found, or what its absence means.
        advice: What to do about it; empty where it is ok.
    """

    name: str
    ok: bool
    required: bool
    detail: str
    advice: str = ""


def examine(
    environ: Mapping[str, str] = os.environ, load: Load = ctypes.CDLL
) -> tuple[Finding, ...]:
    """Look at everything ownerscope needs or can use on this machine."""
    return (
        _python(),
        *_requirements(),
        _display(environ, load),
        *_libraries(environ, load),
        _fonts(environ),
        _btf(),
    )


def install_command(findings: Iterable[Finding]) -> str | None:
    """Return the one command that installs the missing system packages.

    None where nothing is missing, and where there is no apt-get: other systems name their packages
    differently, and each finding's advice names the library.
    """
    lacking = [each.name for each in findings if not each.ok and each.name in PACKAGES]
    if not lacking or not APT_GET.exists():
        return None
    packages = " ".join(dict.fromkeys(PACKAGES[name] for name in lacking))
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get update && {sudo}apt-get install -y {packages}"


# --- Python and its packages ----------------------------------------------------------------------

# Compiled where they are used: the window imports this module and matches nothing.
_REQUIREMENT = r"(?P<name>[\w.-]+)(?:\[[^\]]*\])?\s*(?P<range>[^;]*)(?:;(?P<marker>.*))?"
_EXTRA = r"extra\s*==\s*['\"](\w+)['\"]"
_LIMIT = r"(<=|>=|<|>|==|!=)\s*([\d.]+)"
_PYTHON_LIMIT = r"python_version\s*(<=|>=|<|>|==|!=)\s*['\"]([\d.]+)['\"]"
_HOLDS: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
_EXTRAS = {
    "film": "writes MP4",
    "export": "writes Perfetto and Parquet",
    "dask": "explores on a cluster",
}


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(
        "Python",
        sys.version_info >= (3, 11),
        True,
        f"{version} at {sys.executable}",
        "" if sys.version_info >= (3, 11) else "use Python 3.11 or newer",
    )


def _requirements() -> Iterator[Finding]:
    """Compare what the installed ownerscope declares with what is installed."""
    from importlib import metadata

    def version_of(name: str) -> str | None:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            return None

    try:
        lines = metadata.requires(PROGRAM) or []
    except metadata.PackageNotFoundError:
        yield Finding(
            PROGRAM, False, True, "not installed in this Python", "run 'pip install -e .'"
        )
        return
    yield from check_requirements(lines, version_of, sys.version_info[:2])


def check_requirements(
    lines: Iterable[str], version_of: Callable[[str], str | None], python: tuple[int, ...]
) -> Iterator[Finding]:
    """Yield a finding for each requirement that applies.

    Args:
        lines: Requirements as a distribution's metadata gives them (PEP 508). Only comparisons of
            numeric versions and of ``python_version`` are understood, which is all we declare.
        version_of: Returns the installed version of a distribution, or None.
        python: The version of the interpreter, as (major, minor).
    """
    for line in lines:
        requirement = re.match(_REQUIREMENT, line)
        if requirement is None:
            continue
        name, limits = requirement["name"], requirement["range"].strip()
        marker = requirement["marker"] or ""
        extra = re.search(_EXTRA, marker)
        if extra and extra[1] not in _EXTRAS:
            continue  # development tools
        if not _within(python, re.findall(_PYTHON_LIMIT, marker)):
            continue
        version = version_of(name)
        wanted = f"run {sys.executable} -m pip install '{name}{limits}'"
        purpose = f"the {extra[1]} extra; {_EXTRAS[extra[1]]}" if extra else ""
        if version is None:
            detail = f"not installed: {purpose}" if purpose else "not installed"
            yield Finding(name, False, not extra, detail, wanted)
        elif _is_broken_qt(name, version, python):
            yield Finding(name, False, True, f"{version} aborts on Python 3.11", wanted)
        elif not _within(_numbers(version), re.findall(_LIMIT, limits)):
            yield Finding(name, False, not extra, f"{version} is not {limits}", wanted)
        else:
            yield Finding(name, True, not extra, f"{version} ({purpose})" if purpose else version)


def _is_broken_qt(name: str, version: str, python: tuple[int, ...]) -> bool:
    """Whether this PySide6 loses a reference to None per call, until the interpreter aborts.

    6.12.0 does on Python 3.10 and 3.11, within some thousand calls; 6.8.3 to 6.11.3 do not.
    """
    return name.lower().startswith("pyside6") and version == "6.12.0" and python < (3, 12)


def _numbers(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version: (6, 12, 0) for "6.12.0rc1"."""
    leading = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in leading[0].split(".")) if leading else ()


def _within(version: tuple[int, ...], limits: Sequence[tuple[str, str]]) -> bool:
    """Whether a version satisfies all limits, each an operator and a version; 6.9 equals 6.9.0."""

    def padded(numbers: tuple[int, ...]) -> tuple[int, ...]:
        return (*numbers, 0, 0, 0, 0)[:4]

    return all(_HOLDS[how](padded(version), padded(_numbers(limit))) for how, limit in limits)


# --- The display ----------------------------------------------------------------------------------


def platforms(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the Qt platforms that Qt will try here, in its order."""
    asked = [name for name in environ.get("QT_QPA_PLATFORM", "").split(";") if name]
    if asked:
        return tuple(name.partition(":")[0] for name in asked)
    wayland = "WAYLAND_DISPLAY" in environ or environ.get("XDG_SESSION_TYPE") == "wayland"
    return ("wayland", "xcb") if wayland else ("xcb",)


def display_problem(platform: str, environ: Mapping[str, str], load: Load) -> str:
    """Return why a Qt platform can reach no display, or "" where it can or needs none."""
    if platform == "xcb":
        display = environ.get("DISPLAY", "")
        return _x_problem(display, load) if display else "DISPLAY is not set"
    if platform.startswith("wayland") and "WAYLAND_SOCKET" not in environ:
        return _wayland_problem(environ)
    return ""


def _x_problem(display: str, load: Load) -> str:
    """Connect as Qt would, in a thread: a server that hangs must not hang us."""
    try:
        xcb = load("libxcb.so.1")
    except OSError:
        return ""  # said by the missing libraries
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    answers: list[int] = []

    def connect() -> None:
        connection = xcb.xcb_connect(os.fsencode(display), None)
        answers.append(xcb.xcb_connection_has_error(connection))
        xcb.xcb_disconnect(connection)

    thread = threading.Thread(target=connect, name="x-connect", daemon=True)
    with _stderr_captured() as said:
        thread.start()
        thread.join(DISPLAY_TIMEOUT_S)
    if not answers:
        return f"the X server of DISPLAY={display} does not answer"
    if answers[0] == _XCB_PARSE_ERROR:
        return f"DISPLAY={display} does not name an X server, as ':0' does"
    reason = f" ({'; '.join(said)})" if said else ""
    return f"cannot connect to the X server of DISPLAY={display}{reason}" if answers[0] else ""


@contextlib.contextmanager
def _stderr_captured() -> Iterator[list[str]]:
    """Keep what libxcb prints when a server refuses us; the lines are there at the end."""
    lines: list[str] = []
    try:
        stderr = os.dup(2)
    except OSError:  # closed: nothing will be printed
        yield lines
        return
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.dup2(writer, 2)
    try:
        yield lines
    finally:
        os.dup2(stderr, 2)
        with contextlib.suppress(BlockingIOError):
            lines += os.read(reader, 4096).decode(errors="replace").split("\n")
            lines[:] = [line.strip() for line in lines if line.strip()]
        for descriptor in (stderr, reader, writer):
            os.close(descriptor)


def _wayland_problem(environ: Mapping[str, str]) -> str:
    import socket

    name = environ.get("WAYLAND_DISPLAY") or "wayland-0"
    path = Path(environ.get("XDG_RUNTIME_DIR", ""), name)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(DISPLAY_TIMEOUT_S)
        try:
            connection.connect(str(path))
        except OSError:
            return f"no Wayland compositor answers at {path}"
    return ""


def _display(environ: Mapping[str, str], load: Load) -> Finding:
    problems = {name: display_problem(name, environ, load) for name in platforms(environ)}
    reachable = next((name for name, problem in problems.items() if not problem), None)
    if reachable is None:
        return Finding("display", False, True, "; ".join(problems.values()), NO_WINDOW_ADVICE)
    shown = {"xcb": f"X server {environ.get('DISPLAY', '')}", "wayland": "Wayland compositor"}
    return Finding("display", True, True, shown.get(reachable, f"Qt platform {reachable}"))


# --- System libraries, fonts, the running kernel --------------------------------------------------


def platform_libraries(platform: str) -> dict[str, str]:
    """Return the libraries that Qt and one of its platforms load: soname -> Debian package."""
    if platform == "xcb":
        return EVERY_PLATFORM | XCB
    if platform.startswith("wayland"):
        return EVERY_PLATFORM | WAYLAND
    return EVERY_PLATFORM


def missing_libraries(platform: str, load: Load) -> dict[str, str]:
    """Return what the loader says of each library that a platform needs and that does not load."""
    missing: dict[str, str] = {}
    for soname in platform_libraries(platform):
        try:
            load(soname)
        except OSError as error:
            missing[soname] = str(error)
    return missing


def library_advice(names: Iterable[str]) -> str:
    """Return what to install for these libraries, or for ``fonts``."""
    lacking = list(names)
    command = install_command(Finding(name, False, True, "") for name in lacking)
    if command:
        return f"run '{command}'"
    packages = ", ".join(f"{PACKAGES[name]} for {name}" for name in lacking)
    return f"install what Debian calls {packages}"


def _libraries(environ: Mapping[str, str], load: Load) -> Iterator[Finding]:
    missing = {platform: missing_libraries(platform, load) for platform in platforms(environ)}
    one_works = not all(missing.values())
    seen: set[str] = set()
    for platform, lacking in missing.items():
        for soname, package in platform_libraries(platform).items():
            if soname in seen:
                continue
            seen.add(soname)
            if soname in lacking:
                advice = library_advice([soname])
                yield Finding(soname, False, not one_works, lacking[soname], advice)
            else:
                yield Finding(soname, True, True, f"loads ({package} on Debian)")


def _fonts(environ: Mapping[str, str]) -> Finding:
    home = Path(environ.get("HOME", "/"))
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local/share")
    places = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), data / "fonts"]
    for place in (*places, home / ".fonts"):
        for folder, _, files in os.walk(place):
            if any(name.lower().endswith((".ttf", ".otf", ".ttc", ".pfb")) for name in files):
                return Finding("fonts", True, False, f"found in {folder}")
    return Finding(
        "fonts",
        False,
        False,
        "no font file found; the window would show no text",
        library_advice(["fonts"]),
    )


def _btf() -> Finding:
    if os.access(BTF, os.R_OK):
        return Finding("kernel BTF", True, False, f"{BTF} is readable")
    return Finding(
        "kernel BTF",
        False,
        False,
        f"{BTF} is not readable: no layout of the running kernel, all others work",
        "boot a kernel with CONFIG_DEBUG_INFO_BTF=y",
    )
