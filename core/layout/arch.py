"""What the ABI and the kernel fix for each architecture, and how to tell one from its types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.errors import LayoutError, did_you_mean
from core.layout.abi import largest_power
from core.layout.model import Endian, KernelTypes, StructLayout


@dataclass(frozen=True, slots=True)
class Architecture:
    """One architecture as Linux builds it.

    Attributes:
        name: The kernel's own name.
        pointer_bytes: Size of a pointer and of ``long``.
        endian: Byte order.
        line_bytes: L1_CACHE_BYTES, which ____cacheline_aligned asks for, of the common
            configurations.
        task_align_bytes: ARCH_MIN_TASKALIGN. kernel/fork.c (v6.1) aligns task_struct objects to
            this or to a cache line, whichever is more.
        page_bytes: PAGE_SIZE of the common configurations.
        wide_align_bytes: Alignment of an 8-byte integer in a struct.
        compilers: Commands that compile for it, the likeliest first, with their options.
    """

    name: str
    pointer_bytes: int
    endian: Endian
    line_bytes: int = 64
    task_align_bytes: int = 0
    page_bytes: int = 4096
    wide_align_bytes: int = 8
    compilers: tuple[tuple[str, ...], ...] = ()


def _table() -> Mapping[str, Architecture]:
    # Cache lines: arch/*/include/asm/cache.h (v6.1): x86 X86_L1_CACHE_SHIFT 6, arm64 6, riscv 6,
    # powerpc 7 (64 bit), s390 8; arm ARM_L1_CACHE_SHIFT is 6 for ARMv7 and 5 before it, mips
    # MIPS_L1_CACHE_SHIFT 4 to 7. ``line_told_by`` corrects what a kernel's own types contradict.
    # ARCH_MIN_TASKALIGN: arch/x86/include/asm/processor.h (v6.1), __alignof__(union fpregs_state).
    known = (
        Architecture(
            "x86_64", 8, "little", task_align_bytes=64, compilers=(("x86_64-linux-gnu-gcc",),)
        ),
        Architecture(
            "i386",
            4,
            "little",
            task_align_bytes=64,
            wide_align_bytes=4,
            compilers=(("i686-linux-gnu-gcc",), ("x86_64-linux-gnu-gcc", "-m32")),
        ),
        Architecture(
            "arm",
            4,
            "little",
            compilers=(("arm-linux-gnueabihf-gcc",), ("arm-linux-gnueabi-gcc",)),
        ),
        Architecture(
            "armeb",
            4,
            "big",
            compilers=(
                ("arm-linux-gnueabihf-gcc", "-mbig-endian"),
                ("arm-linux-gnueabi-gcc", "-mbig-endian"),
            ),
        ),
        Architecture("arm64", 8, "little", compilers=(("aarch64-linux-gnu-gcc",),)),
        Architecture(
            "aarch64_be", 8, "big", compilers=(("aarch64-linux-gnu-gcc", "-mbig-endian"),)
        ),
        Architecture(
            "riscv32",
            4,
            "little",
            compilers=(("riscv64-linux-gnu-gcc", "-march=rv32imac", "-mabi=ilp32"),),
        ),
        Architecture("riscv64", 8, "little", compilers=(("riscv64-linux-gnu-gcc",),)),
        Architecture(
            "ppc64le",
            8,
            "little",
            128,
            compilers=(("powerpc64le-linux-gnu-gcc",),),
        ),
        Architecture("ppc64", 8, "big", 128, compilers=(("powerpc64-linux-gnu-gcc",),)),
        Architecture("s390x", 8, "big", 256, compilers=(("s390x-linux-gnu-gcc",),)),
        Architecture("mips", 4, "big", compilers=(("mips-linux-gnu-gcc",),)),
        Architecture("mips64el", 8, "little", compilers=(("mips64el-linux-gnuabi64-gcc",),)),
    )
    return MappingProxyType({one.name: one for one in known})


ARCHITECTURES = _table()

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "aarch64": "arm64",
        "amd64": "x86_64",
        "AMD64": "x86_64",
        "armv6l": "arm",
        "armv7l": "arm",
        "armhf": "arm",
        "i586": "i386",
        "i686": "i386",
        "ppc64el": "ppc64le",
        "s390": "s390x",
    }
)
"""What ``uname -m`` and distributions say where it is not what the kernel's own tree says."""

_ONLY_IN_THREAD_STRUCT: tuple[tuple[frozenset[str], str, str], ...] = (
    # Members of thread_struct that no other architecture has (arch/*/include/asm/processor.h,
    # v5.12 to v6.18), and the names without and with 64-bit pointers.
    (frozenset(("tls_array",)), "i386", "x86_64"),
    (frozenset(("uw",)), "", "arm64"),
    (frozenset(("cpu_context", "fault_address")), "", "arm64"),
    (frozenset(("address", "trap_no", "error_code")), "arm", ""),
    (frozenset(("bad_cause",)), "riscv32", "riscv64"),
    (frozenset(("ra", "sp", "s")), "riscv32", "riscv64"),
    (frozenset(("ksp", "user_timer")), "", "s390x"),
    (frozenset(("ksp", "gmap_addr")), "", "s390x"),
    (frozenset(("ksp", "per_user")), "", "s390x"),
    (frozenset(("ksp", "fp_state")), "", "ppc64le"),
    (frozenset(("ksp", "ksp_vsid")), "", "ppc64le"),
    (frozenset(("reg16", "cp0_status")), "mips", "mips64el"),
)

_BIG_ENDIAN = {"arm": "armeb", "arm64": "aarch64_be", "ppc64le": "ppc64"}


def architecture(name: str) -> Architecture:
    """Return an architecture by one of its names.

    Raises:
        LayoutError: There is none of that name.
    """
    found = ARCHITECTURES.get(ALIASES.get(name, name))
    if found is None:
        near, known = did_you_mean(name, ARCHITECTURES), f"known: {', '.join(ARCHITECTURES)}"
        raise LayoutError(
            f"no architecture {name!r}", advice=known if near == known else f"{near} {known}"
        )
    return found


def line_told_by(struct: StructLayout, arch: Architecture) -> int:
    """Return the size of a cache line: the architecture's, or less where the types say so.

    struct sched_avg and struct sched_statistics are aligned to a cache line, so no line is larger
    than what their sizes and places in task_struct allow. x86's register state in ``thread`` has
    an alignment of its own, which says nothing about lines.
    """
    told = [
        min(member.line_bytes, largest_power(member.offset_bytes))
        for member in struct.members
        if member.line_bytes and member.name != "thread"
    ]
    return min(arch.line_bytes, *told) if told else arch.line_bytes


def told_by(types: KernelTypes, endian: Endian, pointer_bytes: int) -> str:
    """Return the architecture that a kernel's thread_struct belongs to, or an empty string.

    BTF names no architecture, but each keeps other registers in ``struct thread_struct``.

    Args:
        types: The kernel.
        endian: Its byte order.
        pointer_bytes: Its pointer size.
    """
    thread = types.find("thread_struct")
    return _told_by_thread(thread, endian, pointer_bytes) if thread is not None else ""


def _told_by_thread(thread: StructLayout, endian: Endian, pointer_bytes: int) -> str:
    names = frozenset(thread.names)
    for wanted, narrow, wide in _ONLY_IN_THREAD_STRUCT:
        name = wide if pointer_bytes == 8 else narrow
        if wanted <= names and name:
            if endian == "big":
                name = _BIG_ENDIAN.get(name, name)
            return name if ARCHITECTURES[name].endian == endian else ""
    return ""
