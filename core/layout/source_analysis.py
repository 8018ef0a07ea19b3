"""From a name or a path to an analysis: open the kernel, find its configuration, look at it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.layout import library
from core.layout.analysis import Analysis, Question, analyse
from core.layout.arch import architecture

if TYPE_CHECKING:
    from core.layout.kconfig import KernelConfig

_HEAD_BYTES = 1 << 16
_RANDSTRUCT = ("CONFIG_RANDSTRUCT", "CONFIG_GCC_PLUGIN_RANDSTRUCT")
"""The symbol since v6.0 (security/Kconfig.hardening), and the one before."""


def analyse_source(
    source: str,
    question: Question,
    *,
    config: str = "",
    find_config: bool = True,
    prefer_dwarf: bool = False,
) -> Analysis:
    """Return what there is to say about a kernel.

    Args:
        source: As ``core.layout.library.open_kernel`` takes it.
        question: What the user says.
        config: A file with the kernel's configuration; empty to look for one.
        find_config: Whether to look for it; it matters only where something is to be predicted.
        prefer_dwarf: Whether to read debug information rather than BTF where there are both.

    Raises:
        LayoutError: The kernel or the configuration cannot be read, or ``question`` contradicts it.
    """
    arch = architecture(question.arch).name if question.arch else ""
    types = library.open_kernel(
        source, kernel=question.release, arch=arch, prefer_dwarf=prefer_dwarf
    )
    is_here = source == library.THIS_MACHINE
    shuffled_by = shuffling_config(source, config) if find_config else ""
    question = replace(question, on_this_machine=is_here, shuffled_by=shuffled_by)
    return analyse(types, question)


def shuffling_config(source: str, config: str = "") -> str:
    """Return which configuration says that a kernel's structs are shuffled; empty for none.

    Args:
        source: The kernel.
        config: Its configuration, a file; empty for the one beside it or in it, or the running one.

    Raises:
        LayoutError: The configuration cannot be read.
    """
    found = _config_of(source, config)
    if found is not None and any(found.is_set(symbol) for symbol in _RANDSTRUCT):
        return found.source
    return ""


def _config_of(source: str, config: str) -> KernelConfig | None:
    from core.layout import kconfig

    if config:
        return kconfig.load_config(Path(config))
    if source == library.THIS_MACHINE:
        return kconfig.running()
    if source in library.bundled():
        return None
    path = Path(source)
    if not path.is_file():
        return None
    return kconfig.beside(path) or _config_inside(path)


def _config_inside(path: Path) -> KernelConfig | None:
    """Return the configuration that CONFIG_IKCONFIG put into a kernel's file, or None."""
    from core.layout import kconfig
    from core.layout.sources.elf import ELF_MAGIC
    from core.layout.sources.files import contents
    from core.layout.sources.vmlinuz import looks_like_vmlinuz

    data = contents(path)
    head = bytes(data[:_HEAD_BYTES])
    if not (head.startswith(ELF_MAGIC) or looks_like_vmlinuz(head)):
        return None
    return kconfig.embedded(data, where=str(path))
