"""A kernel's configuration: what ``.config`` says, and where to find the one of a kernel.

Format: scripts/kconfig/confdata.c of the kernel: ``CONFIG_X=value``, and
``# CONFIG_X is not set``.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from core.errors import LayoutError
from core.layout.sources.files import contents
from core.layout.sources.packed import Data, packing, salvaged, unpacked

PROC_CONFIG = Path("/proc/config.gz")
BOOT = Path("/boot")

_NAME = re.compile(r"CONFIG_\w+")
_UNSET = re.compile(r"# (CONFIG_\w+) is not set")
_KERNEL = re.compile(r"vmlinu[xz][-_](.+)")
_EMBEDDED_BEGIN, _EMBEDDED_END = b"IKCFG_ST", b"IKCFG_ED"
"""Around the gzip data that CONFIG_IKCONFIG puts into a kernel (6.1, kernel/configs.c)."""

_MOST_BYTES = 32 << 20
"""A hundred times a configuration with everything in it."""


class KernelConfig:
    """A kernel's configuration.

    Args:
        values: Value by symbol, as it is written but without quotes: ``y``, ``m``, ``32``.
        source: Where it is from, for people.
    """

    def __init__(self, values: Mapping[str, str], *, source: str) -> None:
        self._values = dict(values)
        self.source = source

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._values

    def get(self, symbol: str) -> str:
        """Return a symbol's value, ``n`` where it is not set; also without ``CONFIG_``."""
        return self._values.get(_full(symbol), "n")

    def is_set(self, symbol: str) -> bool:
        """Return whether a symbol is built in or a module, or has a number or a text."""
        return self.get(symbol) not in ("n", "")

    def number(self, symbol: str) -> int | None:
        """Return the number a symbol is set to, or None."""
        try:
            return int(self.get(symbol), 0)
        except ValueError:
            return None


def read_config(data: Data, *, where: str) -> KernelConfig:
    """Return the configuration in a ``.config``, also in a compressed one.

    Args:
        data: The text.
        where: What errors begin with, and the configuration's source.

    Raises:
        LayoutError: A line is no line of a configuration, or there is none that sets anything.
    """
    if len(data) > _MOST_BYTES:
        raise LayoutError(f"{len(data)} bytes are no configuration", where=where)
    text = bytes(unpacked(data, name=where)).decode("utf-8", "replace")
    values: dict[str, str] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        unset = _UNSET.fullmatch(line)
        if unset:
            values[unset[1]] = "n"
        elif line and not line.startswith("#"):
            symbol, equals, value = line.partition("=")
            if not equals or not _NAME.fullmatch(symbol):
                raise LayoutError(
                    f"expected CONFIG_NAME=value, found {line[:40]!r}",
                    where=f"{where}:{number}",
                    advice="give the .config that the kernel was built with",
                )
            values[symbol] = _bare(value)
    if not values:
        raise LayoutError(
            "sets no CONFIG_ symbol",
            where=where,
            advice="give the .config that the kernel was built with",
        )
    return KernelConfig(values, source=where)


def load_config(path: Path) -> KernelConfig:
    """Return the configuration of a file.

    Raises:
        LayoutError: It cannot be read, otherwise as ``read_config``.
    """
    return read_config(contents(path), where=str(path))


def beside(path: Path) -> KernelConfig | None:
    """Return the configuration that lies beside a kernel's file, or None.

    It is ``config-REST`` for ``vmlinuz-REST`` and ``vmlinux-REST``, and ``.config`` in the
    directory of a ``vmlinux`` or, for ``arch/*/boot/bzImage``, in the tree's top directory.

    Raises:
        LayoutError: There is one, but it is no configuration.
    """
    found = next((place for place in _beside(path) if place.is_file()), None)
    return load_config(found) if found else None


def running() -> KernelConfig | None:
    """Return the running kernel's configuration, or None where nobody may see it.

    Raises:
        LayoutError: It is damaged.
    """
    for place in (PROC_CONFIG, BOOT / f"config-{platform.uname().release}"):
        if place.is_file():
            return load_config(place)
    return None


def embedded(data: Data, *, where: str) -> KernelConfig | None:
    """Return the configuration inside a kernel (CONFIG_IKCONFIG), or None.

    Args:
        data: A vmlinux, a vmlinuz, an Image, also compressed.
        where: What errors begin with.

    Raises:
        LayoutError: The file, or the configuration in it, is damaged.
    """
    from core.layout.sources.vmlinuz import images

    plain = unpacked(data, name=where)
    for image in images(plain, name=where):
        packed = _between_marks(image.data)
        if packed is not None:
            text, is_whole = salvaged("gzip", packed, most_bytes=_MOST_BYTES)
            if is_whole:
                return read_config(text, where=f"{where}: IKCONFIG")
    return None


def _between_marks(data: Data) -> Data | None:
    for begin in re.finditer(_EMBEDDED_BEGIN, data):
        packed = memoryview(data)[begin.end() :]
        if packing(packed) == "gzip":
            end = re.search(_EMBEDDED_END, packed)
            return packed[: end.start()] if end else packed
    return None


def _beside(path: Path) -> Iterator[Path]:
    named = _KERNEL.fullmatch(path.name)
    if named:
        yield path.with_name(f"config-{named[1]}")
    if path.name.startswith("vmlinux"):
        yield path.with_name(".config")
    if path.parent.name == "boot" and path.parent.parent.parent.name == "arch":
        yield path.parents[3] / ".config"


def _full(symbol: str) -> str:
    return symbol if symbol.startswith("CONFIG_") else f"CONFIG_{symbol}"


def _bare(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value
