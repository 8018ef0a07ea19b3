"""Kernels by name: the bundled ones, this machine's, any file, and what comes through a pipe."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import LayoutError, did_you_mean
from core.layout.arch import ALIASES
from core.layout.model import TASK_STRUCT, KernelLayout, KernelTypes
from core.layout.sources.btf import BtfKernel
from core.layout.sources.files import STANDARD_INPUT, standard_input
from core.layout.sources.opening import open_kernel as open_source

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

THIS_MACHINE = "this-machine"

THIS_MACHINE_BTF = Path("/sys/kernel/btf/vmlinux")

DEFAULT = "debian-6.1-amd64"
"""Lent to every kernel that has no layout of its own."""

_BUNDLED_FOR = {
    ("6.1", "x86_64"): DEFAULT,
    ("6.1", "arm64"): "debian-6.1-arm64",
    ("6.1", "i386"): "debian-6.1-i386",
    ("6.1", "arm"): "debian-6.1-armhf",
    ("6.1", "ppc64le"): "debian-6.1-ppc64el",
    ("6.1", "s390x"): "debian-6.1-s390x",
    ("6.12", "x86_64"): "debian-6.12-amd64",
    ("6.12", "riscv64"): "defconfig-6.12-riscv64",
}


@cache
def bundled() -> tuple[str, ...]:
    """Return the names of the layouts that ship with the program."""
    files = _layouts_folder().iterdir()
    return tuple(sorted(f.name.removesuffix(".json") for f in files if f.name.endswith(".json")))


def _layouts_folder() -> Traversable:
    # Imported here: it takes as long as opening this machine's kernel, which needs none of it.
    from importlib import resources

    return resources.files("resources").joinpath("layouts")


def open_kernel(
    name_or_path: str | Path, *, kernel: str = "", arch: str = "", prefer_dwarf: bool = False
) -> KernelTypes:
    """Return a kernel by bundled name, as ``this-machine``, from a file, or ``-`` for a pipe.

    A file may be anything ``core.layout.sources.opening`` knows; its content tells which.

    Args:
        name_or_path: The name.
        kernel: Release, for a file that does not tell it.
        arch: Architecture, for a file that does not tell it.
        prefer_dwarf: Whether to read a file's debug information, which has alignments, rather than
            its BTF where it has both.

    Raises:
        LayoutError: There is nothing of that name, or it cannot be read.
    """
    name = str(name_or_path)
    if name == THIS_MACHINE:
        return _this_machine()
    if name == STANDARD_INPUT:
        title = "standard input"
        return open_source(standard_input(), name="stdin", label=title, kernel=kernel, arch=arch)
    if name in bundled():
        return _bundled(name)
    path = _existing(name_or_path)
    if path is not None:
        return open_source(path, kernel=kernel, arch=arch, prefer_dwarf=prefer_dwarf)
    names = (*bundled(), THIS_MACHINE)
    near, known = did_you_mean(name, names), f"known: {', '.join(sorted(names))}"
    raise LayoutError(
        f"no layout or file {name!r}",
        advice=known if near == known else f"{near} {known}",
    )


def find(name_or_path: str | Path, struct: str = TASK_STRUCT) -> KernelLayout:
    """Return the layout of a struct in a kernel that ``open_kernel`` opens.

    Raises:
        LayoutError: There is no such kernel or struct, or it cannot be read.
    """
    return open_kernel(name_or_path).layout(struct)


def for_kernel(kernel: str, arch: str) -> KernelLayout:
    """Return the bundled layout of a kernel, or Debian 6.1's, marked as borrowed.

    Args:
        kernel: Release, such as ``6.1`` or ``6.1.192``.
        arch: Architecture, such as ``x86_64`` or ``ia64``.
    """
    version = ".".join(kernel.split(".")[:2])
    name = _BUNDLED_FOR.get((version, arch))
    if name is None:
        return replace(_bundled(DEFAULT).layout(), borrowed_for=f"{arch} {kernel}")
    return _bundled(name).layout()


def this_machine() -> KernelLayout:
    """Return the layout of the running kernel.

    Raises:
        LayoutError: The kernel has no BTF or does not let it be read.
    """
    return _this_machine().layout()


def _this_machine() -> KernelTypes:
    other = f"or use a bundled layout, such as {DEFAULT}"
    try:
        data = THIS_MACHINE_BTF.read_bytes()
    except FileNotFoundError as error:
        raise LayoutError(
            "does not exist: the running kernel carries no BTF",
            where=str(THIS_MACHINE_BTF),
            advice=f"boot a kernel with CONFIG_DEBUG_INFO_BTF=y, {other}",
        ) from error
    except OSError as error:
        raise LayoutError(
            f"the running kernel's BTF cannot be read: {error.strerror or error}",
            where=str(THIS_MACHINE_BTF),
            advice=f"mount /sys readable for you, {other}",
        ) from error
    system = os.uname()
    arch = ALIASES.get(system.machine, system.machine)
    return BtfKernel(
        data,
        name=THIS_MACHINE,
        label=f"this machine ({system.release}, {arch})",
        kernel=system.release,
        arch=arch,
        source=f"BTF, {THIS_MACHINE_BTF}",
        where=str(THIS_MACHINE_BTF),
    )


def _existing(name_or_path: str | Path) -> Path | None:
    try:
        path = Path(name_or_path).expanduser()
        return path if path.exists() else None
    except (OSError, RuntimeError, ValueError):  # too long, no such user, a zero in it
        return None


@cache
def _bundled(name: str) -> KernelTypes:
    from core.layout.sources.saved import read_saved  # imports msgspec

    return read_saved(_layouts_folder().joinpath(f"{name}.json").read_bytes(), name=name)
