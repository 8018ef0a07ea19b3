"""Layouts by name: the bundled ones, this machine's, and any file."""

from __future__ import annotations

import platform
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

from core.errors import LayoutError, did_you_mean
from core.layout.model import KernelLayout
from core.layout.sources import btf
from core.layout.sources.btf_header import MAGICS
from core.layout.sources.packed import ZSTD_MAGIC, unpacked
from core.layout.sources.saved import read_saved

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

_KERNEL_ARCH = {
    "aarch64": "arm64",
    "AMD64": "x86_64",
    "armv6l": "arm",
    "armv7l": "arm",
    "i586": "i386",
    "i686": "i386",
}
"""What ``uname -m`` says where it is not what the kernel's own tree says."""

_SNIFFED_BYTES = 64
_ELF_MAGIC = b"\x7fELF"


@cache
def bundled() -> tuple[str, ...]:
    """Return the names of the layouts that ship with the program."""
    files = resources.files("resources").joinpath("layouts").iterdir()
    return tuple(sorted(f.name.removesuffix(".json") for f in files if f.name.endswith(".json")))


def find(name_or_path: str | Path) -> KernelLayout:
    """Return a layout by bundled name, as ``this-machine``, or from a file.

    A file may be BTF, BTF compressed with zstd, or a saved layout; its content tells which.

    Raises:
        LayoutError: There is nothing of that name, or it cannot be read.
    """
    name = str(name_or_path)
    if name == THIS_MACHINE:
        return this_machine()
    if name in bundled():
        return _bundled(name)
    path = _existing(name_or_path)
    if path is not None:
        return load_file(path)
    names = (*bundled(), THIS_MACHINE)
    near, known = did_you_mean(name, names), f"known: {', '.join(sorted(names))}"
    raise LayoutError(
        f"no layout or file {name!r}",
        advice=known if near == known else f"{near} {known}",
    )


def for_kernel(kernel: str, arch: str) -> KernelLayout:
    """Return the bundled layout of a kernel, or Debian 6.1's, marked as borrowed.

    Args:
        kernel: Release, such as ``6.1`` or ``6.1.192``.
        arch: Architecture, such as ``x86_64`` or ``ia64``.
    """
    version = ".".join(kernel.split(".")[:2])
    name = _BUNDLED_FOR.get((version, arch))
    if name is None:
        return replace(_bundled(DEFAULT), borrowed_for=f"{arch} {kernel}")
    return _bundled(name)


def this_machine() -> KernelLayout:
    """Return the layout of the running kernel.

    Raises:
        LayoutError: The kernel has no BTF or does not let it be read.
    """
    other = f"or use a bundled layout: {', '.join(bundled())}"
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
    system = platform.uname()
    arch = _KERNEL_ARCH.get(system.machine, system.machine)
    return btf.read_btf(
        data,
        name=THIS_MACHINE,
        label=f"this machine ({system.release}, {arch})",
        kernel=system.release,
        arch=arch,
        source=f"BTF, {THIS_MACHINE_BTF}",
        where=str(THIS_MACHINE_BTF),
    )


def load_file(path: Path) -> KernelLayout:
    """Return the layout of a file whose content tells its format.

    Raises:
        LayoutError: It cannot be read or is of no known format.
    """
    where = str(path)
    data = unpacked(_read_known(path), name=where)
    if data[:2] in MAGICS:
        return btf.of_file(data, path)
    if data.lstrip()[:1] == b"{":
        return read_saved(data, name=where)
    raise _unknown_format(where, data[:_SNIFFED_BYTES])


def _existing(name_or_path: str | Path) -> Path | None:
    try:
        path = Path(name_or_path).expanduser()
        return path if path.exists() else None
    except (OSError, RuntimeError, ValueError):  # too long, no such user, a zero in it
        return None


def _read_known(path: Path) -> bytes:
    """Return a file's bytes, but not those of gigabytes that are no layout."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_SNIFFED_BYTES)
            if not (head[:2] in MAGICS or head.startswith(ZSTD_MAGIC) or head.lstrip()[:1] == b"{"):
                raise _unknown_format(str(path), head)
            return head + stream.read()
    except OSError as error:
        raise LayoutError(
            f"cannot be read: {error.strerror or error}",
            where=str(path),
            advice="check the path and its permissions",
        ) from error


def _unknown_format(where: str, head: bytes) -> LayoutError:
    if head.startswith(_ELF_MAGIC):
        return LayoutError(
            "is an ELF file; a layout is read from its BTF",
            where=where,
            advice="extract it: objcopy -O binary --only-section=.BTF"
            " --set-section-flags .BTF=alloc FILE OUT.btf",
        )
    return LayoutError(
        f"begins with {head[:4].hex(' ') or 'nothing'}: neither BTF (9f eb or eb 9f) nor a saved"
        " layout ({)",
        where=where,
        advice="give the BTF of a kernel, such as /sys/kernel/btf/vmlinux",
    )


@cache
def _bundled(name: str) -> KernelLayout:
    file = resources.files("resources").joinpath("layouts", f"{name}.json")
    return read_saved(file.read_bytes(), name=name)
