from __future__ import annotations

import contextlib
import csv
import itertools
import struct
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
import zstandard

from core.errors import LayoutError
from core.layout.model import KernelLayout
from core.layout.sources import btf, packed
from core.layout.sources.btf_kinds import Kind
from core.layout.sources.btf_types import TypeSection

DATA = Path(__file__).parents[2] / "data"
SMALL = (DATA / "btf" / "x86_64-tinyconfig.btf").read_bytes()
BIG_ENDIAN = (DATA / "btf" / "s390x-tinyconfig.btf").read_bytes()
WHOLE = DATA / "btf" / "debian-6.1-amd64-vmlinux.btf.zst"

with (DATA / "layout_truth.csv").open(newline="") as stream:
    KERNELS = [row for row in csv.DictReader(stream) if row["variant"] == "none"]


@dataclass
class Blob:
    """Writes BTF by hand: type 1 is unsigned int, type 2 is long."""

    order: str = "<"
    types: list[bytes] = field(default_factory=list)
    strings: bytes = b"\0"
    layout: bytes | None = None

    def __post_init__(self) -> None:
        self.add(Kind.INT, "unsigned int", size_or_type=4, words=[32])
        self.add(Kind.INT, "long int", size_or_type=8, words=[1 << 24 | 64])

    def name(self, text: str) -> int:
        if not text:
            return 0
        self.strings += text.encode() + b"\0"
        return len(self.strings) - len(text) - 1

    def add(
        self,
        kind: int,
        name: str = "",
        *,
        size_or_type: int = 0,
        words: list[int] | None = None,
        count: int = 0,
        flag: bool = False,
    ) -> int:
        words = words or []
        info = flag << 31 | kind << 24 | count
        numbers = [self.name(name), info, size_or_type, *words]
        self.types.append(struct.pack(f"{self.order}{len(numbers)}I", *numbers))
        return len(self.types)

    def struct(
        self,
        name: str,
        size_bytes: int,
        *members: tuple[str, int, int],
        kind: int = Kind.STRUCT,
        flag: bool = False,
    ) -> int:
        words = [n for text, type_id, bits in members for n in (self.name(text), type_id, bits)]
        count = len(members)
        return self.add(kind, name, size_or_type=size_bytes, words=words, count=count, flag=flag)

    def data(self) -> bytes:
        types = b"".join(self.types)
        header_bytes = 24 if self.layout is None else 32
        numbers = [header_bytes, 0, len(types), len(types), len(self.strings)]
        if self.layout is not None:
            numbers += [len(types) + len(self.strings), len(self.layout)]
        head = struct.pack(f"{self.order}HBB{len(numbers)}I", 0xEB9F, 1, 0, *numbers)
        return head + types + self.strings + (self.layout or b"")

    def read(self, **arguments: str) -> KernelLayout:
        return btf.read_btf(self.data(), name="made-up", **arguments)


def test_there_are_kernels() -> None:
    assert len(KERNELS) == 25


@pytest.mark.parametrize("row", KERNELS, ids=lambda row: row["file_tag"])
def test_a_kernel_has_the_size_and_members_pahole_found(row: dict[str, str]) -> None:
    layout = btf.load(DATA / "btf" / f"{row['file_tag']}.btf")
    task = layout.struct
    assert task.size_bytes == int(row["sizeof_task_struct"])
    assert len(task.members) == int(row["n_members"])
    assert (layout.kernel, layout.arch, layout.label) == ("", "", f"{row['file_tag']}.btf")
    ends = [0, *(member.end_bits for member in task.members)]
    assert all(member.offset_bits >= end for member, end in zip(task.members, ends, strict=False))
    # What a type shows of its alignment is never more than the kernel's truth.
    assert max(member.align_bytes for member in task.members) <= int(row["struct_align"])


def test_types_are_spelled_as_in_c() -> None:
    task = btf.load(DATA / "btf" / "x86_64-debian-amd64.btf").struct
    spelled = {name: task.member(name).type_name for name in task.names}
    assert spelled["comm"] == "char[16]"
    assert spelled["parent"] == "struct task_struct *"
    assert spelled["cred"] == "const struct cred *"
    assert spelled["perf_event_ctxp"] == "struct perf_event_context *[2]"
    assert spelled["in_execve"] == "unsigned int"
    assert spelled["usage"] == "refcount_t"
    assert task.member("rcu_users").offset_bits == task.member("rcu").offset_bits


def test_a_whole_kernel_has_the_same_task_struct_as_the_excerpt() -> None:
    excerpt = btf.load(DATA / "btf" / "x86_64-debian-amd64.btf")
    whole = btf.load(WHOLE)
    assert whole.name == "debian-6.1-amd64-vmlinux"
    assert whole.struct == excerpt.struct


@pytest.mark.parametrize("order", ["<", ">"])
def test_every_kind_is_read_and_spelled(order: str) -> None:
    blob = Blob(order)
    void_ptr = blob.add(Kind.PTR)
    array = blob.add(Kind.ARRAY, words=[void_ptr, 1, 3])
    inner = blob.struct("", 8, ("low", 1, 0), ("high", 1, 32))
    union = blob.struct("", 8, ("whole", 2, 0), ("", inner, 0), kind=Kind.UNION)
    enum = blob.add(Kind.ENUM, "mode", size_or_type=4, words=[0, 1], count=1)
    forward = blob.add(Kind.FWD, "pool", flag=True)
    typedef = blob.add(Kind.TYPEDEF, "long_t", size_or_type=2)
    volatile = blob.add(Kind.VOLATILE, size_or_type=typedef)
    const = blob.add(Kind.CONST, size_or_type=volatile)
    restrict = blob.add(Kind.RESTRICT, size_or_type=blob.add(Kind.PTR, size_or_type=forward))
    proto = blob.add(Kind.FUNC_PROTO, size_or_type=1, words=[0, 1], count=1)
    blob.add(Kind.FUNC, "save_stack", size_or_type=proto)
    blob.add(Kind.VAR, "static", size_or_type=1, words=[0])
    blob.add(Kind.DATASEC, ".data", words=[1, 0, 4], count=1)
    real = blob.add(Kind.FLOAT, "double", size_or_type=8)
    tag = blob.add(Kind.TYPE_TAG, "rcu", size_or_type=1)
    wide = blob.add(Kind.ENUM64, "huge", size_or_type=8, words=[0, 1, 2], count=1)
    call = blob.add(Kind.PTR, size_or_type=proto)
    rows = blob.add(Kind.PTR, size_or_type=array)
    kinds = [void_ptr, array, union, enum, const, restrict, real, wide, call, rows]
    offsets = [0, 8, 32, 40, 48, 56, 64, 72, 80, 88]
    members = [
        ("" if type_id == union else f"m{index}", type_id, offset * 8)
        for index, (type_id, offset) in enumerate(zip(kinds, offsets, strict=True))
    ]
    bits = [("f1", 1, 5 << 24 | 768), ("f2", 2, 1 << 24 | 773)]
    task_id = blob.struct(
        "task_struct", 128, *members, ("tagged", blob.add(Kind.PTR, size_or_type=tag), 832),
        *bits, flag=True,
    )  # fmt: skip
    blob.add(Kind.DECL_TAG, "note", size_or_type=task_id, words=[0xFFFFFFFF])
    layout = blob.read()
    task = layout.struct
    assert layout.endian == ("little" if order == "<" else "big")
    assert [member.type_name for member in task.members] == [
        "void *",
        "void *[3]",
        "union",
        "enum mode",
        "const volatile long_t",
        "union pool *restrict ",
        "double",
        "enum huge",
        "unsigned int (*)(unsigned int)",
        "void *(*)[3]",
        "unsigned int *",
        "unsigned int",
        "long int",
    ]
    assert [member.size_bits for member in task.members][:5] == [64, 192, 64, 32, 64]
    assert task.member("high").offset_bits == 32 * 8 + 32
    assert task.member("f1").is_bitfield
    assert (task.member("f2").offset_bits, task.member("f2").size_bits) == (773, 1)
    assert task.member("f2").unit_bytes == 8


def test_old_bitfields_have_their_width_in_the_integer() -> None:
    blob = Blob()
    narrow = blob.add(Kind.INT, "unsigned int", size_or_type=4, words=[2 << 16 | 3])
    blob.struct("task_struct", 8, ("a", 1, 0), ("b", narrow, 32))
    member = blob.read().struct.member("b")
    assert (member.offset_bits, member.size_bits, member.is_bitfield) == (34, 3, True)


def test_i386_aligns_long_long_to_4_and_shows_it() -> None:
    def aligned(arch: str, offset_bits: int) -> int:
        blob = Blob()
        blob.types[1] = blob.types[0]
        blob.add(Kind.INT, "long int", size_or_type=4, words=[32])
        wide = blob.add(Kind.INT, "long long int", size_or_type=8, words=[64])
        blob.struct("task_struct", 24, ("a", 1, 0), ("b", wide, offset_bits))
        return blob.read(arch=arch).struct.member("b").align_bytes

    assert aligned("arm", 64) == 8
    assert aligned("i386", 64) == 4
    assert aligned("", 32) == 4  # arm without EABI: told by the offset


def test_alignment_shows_in_gaps_and_padding_of_the_type() -> None:
    blob = Blob()
    padded = blob.struct("sched_avg", 64, ("load", 2, 0))
    gap = blob.struct("outer", 128, ("a", 1, 0), ("avg", padded, 512))
    char = blob.add(Kind.INT, "char", size_or_type=1, words=[8])
    dense = blob.struct("packed", 5, ("c", char, 0), ("d", 1, 8))
    blob.struct("task_struct", 256, ("x", gap, 0), ("y", padded, 1024), ("z", dense, 1536))
    task = blob.read().struct
    assert [member.align_bytes for member in task.members] == [64, 64, 1]


def test_a_newer_kind_is_stepped_over_where_the_blob_tells_its_length() -> None:
    blob = Blob(layout=bytes(4 * 20) + struct.pack("<BBH", 4, 8, 0))
    blob.add(20, "location", words=[7, 1, 2, 3, 4], count=2)
    blob.struct("task_struct", 4, ("flags", 1, 0))
    assert blob.read().struct.member("flags").type_name == "unsigned int"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("words", "count"),
    [(0, 0), (1, 0), (2, 0), (3, 0), (4, 4), (8, 4), (12, 4), (6, 3), (2, 1)],
)
def test_the_length_of_a_newer_kind_is_found_out(order: str, words: int, count: int) -> None:
    blob = Blob(order)
    for _ in range(3):
        blob.add(20, "location", words=[3] * words, count=count)
    pointer = blob.add(Kind.PTR, size_or_type=1)
    array = blob.add(Kind.ARRAY, words=[pointer, 1, 4])
    blob.struct("task_struct", 40, ("flags", 1, 0), ("slots", array, 64))
    layout = blob.read()
    assert layout.struct.member("slots").type_name == "unsigned int *[4]"
    assert layout.notes == ("types of kind 20 are unknown and were skipped",)


@cache
def walked(path: Path) -> tuple[bytes, TypeSection, list[tuple[int, int]]]:
    """A real kernel, and the kind of each type and where its words are."""
    data = bytes(packed.unpacked(path.read_bytes(), name="x"))
    known = TypeSection(data, name="x")
    places: list[tuple[int, int]] = []
    with contextlib.suppress(LayoutError):  # after the last one
        for number in itertools.count():
            found = known.type_at(number)
            places.append((found.kind, found.words_at))
    assert len(places) > 300
    return data, known, places


@pytest.mark.parametrize("kind", [Kind.ENUM, Kind.FUNC, Kind.FWD, Kind.CONST, Kind.VOLATILE])
@pytest.mark.parametrize(
    "path", [WHOLE, DATA / "btf" / "s390x-debian-s390x.btf"], ids=lambda path: path.name
)
def test_kinds_are_skipped_as_if_they_were_unknown(kind: Kind, path: Path) -> None:
    """A real kernel in which one kind was given a number that nobody knows."""
    original, known, places = walked(path)
    data, count = bytearray(original), len(places) - 1
    order = "<" if known.endian == "little" else ">"
    for found_kind, at in places:
        if found_kind == kind:
            info = known.words[at - 2] & 0x80FFFFFF | 20 << 24
            struct.pack_into(order + "I", data, known.byte_of(at - 2), info)
    section = TypeSection(bytes(data), name="x")
    assert [section.type_at(number).words_at for number in range(count + 1)] == [
        at for _, at in places
    ]
    with pytest.raises(LayoutError, match=f"there are {count} types"):
        section.type_at(count + 1)


def test_a_newer_kind_that_nothing_explains_ends_the_reading() -> None:
    blob = Blob()
    blob.struct("early", 4, ("flags", 1, 0))
    blob.add(20, "location", words=[7, 0xFFFFFFFF, 0xFFFFFFFF, 7, 7])
    blob.struct("task_struct", 4, ("flags", 1, 0))
    with pytest.raises(
        LayoutError, match=r"made-up: type 4 \(byte 80\) is of kind 20, .* older pahole"
    ):
        blob.read()
    types = btf.BtfKernel(blob.data(), name="made-up")
    early = types.layout("early")
    assert early.struct.member("flags").size_bits == 32
    with pytest.raises(LayoutError, match="kind 20"):
        types.find("task_struct")
    assert types.struct_names() == ("early",)
    assert types.layout("early").notes == (
        "the types from 4 on could not be read: kind 20 is unknown",
    )


def test_an_index_of_names_finds_what_a_scan_finds() -> None:
    types = btf.BtfKernel(bytes(packed.unpacked(WHOLE.read_bytes(), name="x")), name="x")
    scanned = [types.find(name) for name in ("task_struct", "mutex", "nothing", "rcu_special")]
    assert types.find("") is None
    for _ in range(20):  # from some number on an index is made
        types.find("nothing")
    assert [types.find(name) for name in ("task_struct", "mutex", "nothing", "rcu_special")] == (
        scanned
    )
    assert types.size_and_align("u64") == (8, 8)
    assert types.size_and_align("nothing") is None
    assert types.natural_align_bytes("pid_t") == 4
    assert types.natural_align_bytes("nothing") == 0


def test_a_view_of_a_larger_file_is_read_in_place() -> None:
    view = memoryview(b"head" + SMALL + b"tail")[4:-4]
    assert btf.BtfKernel(view, name="x").layout() == btf.BtfKernel(SMALL, name="x").layout()


def test_a_newer_kind_as_a_member_is_named() -> None:
    blob = Blob(layout=bytes(4 * 21))
    blob.struct("task_struct", 4, ("flags", blob.add(20, "location"), 0))
    with pytest.raises(LayoutError, match=r"type 3 \(byte 64\) is of kind 20"):
        blob.read()


def test_a_newer_kind_behind_all_that_is_needed_does_not_matter() -> None:
    blob = Blob()
    blob.struct("task_struct", 4, ("flags", 1, 0))
    for _ in range(20_000):
        blob.add(Kind.PTR, size_or_type=1)
    blob.add(20, "location")
    assert blob.read().struct.size_bytes == 4


def test_a_name_may_be_the_tail_of_another() -> None:
    blob = Blob()
    blob.struct("my_task_struct", 4, ("flags", 1, 0))
    data = bytearray(blob.data())
    struct.pack_into("<I", data, 24 + 32, blob.strings.index(b"task_struct"))
    assert btf.read_btf(bytes(data), name="x").struct.name == "task_struct"


def bad(blob: Blob, complaint: str) -> None:
    with pytest.raises(LayoutError, match=complaint):
        blob.read()


def test_types_that_make_no_sense_are_refused() -> None:
    bad(Blob(), "no struct task_struct in this BTF; give the BTF of a whole kernel")
    blob = Blob()
    blob.add(Kind.FWD, "task_struct")
    bad(blob, "no struct task_struct")
    loop = Blob()
    loop.struct("task_struct", 8, ("a", loop.add(Kind.TYPEDEF, "me", size_or_type=3), 0))
    bad(loop, r"type 3 \(me\) refers to itself \(byte 56\)")
    itself = Blob()
    itself.struct("task_struct", 8, ("a", 3, 0))
    bad(itself, "nested too deeply")
    anonymous = Blob()
    anonymous.struct("", 8, ("", 3, 0))
    anonymous.struct("task_struct", 8, ("", 3, 0))
    bad(anonymous, "nested")
    function = Blob()
    function.struct("task_struct", 8, ("a", function.add(Kind.FUNC_PROTO), 0))
    bad(function, r"type 3 has no size but is that of a member \(byte 56\)")
    missing = Blob()
    missing.struct("task_struct", 8, ("a", 77, 0))
    bad(missing, "type 77 is referred to but there are 3 types")
    late = Blob()
    late.struct("task_struct", 4, ("a", 1, 32))
    bad(late, "member a at bit 32 does not fit into the 4 bytes")
    unsized = Blob()
    unsized.struct("task_struct", 0)
    bad(unsized, "struct task_struct has no size")
    wordless = Blob()
    wordless.types[1] = wordless.types[0]
    wordless.struct("task_struct", 4, ("a", 1, 0))
    bad(wordless, "the size of a pointer is not known")
    kindless = Blob()
    kindless.add(0)
    kindless.struct("task_struct", 4, ("a", 1, 0))
    bad(kindless, "type 3 has no kind")
    longer = Blob()
    longer.add(Kind.STRUCT, "task_struct", size_or_type=4, count=9)
    bad(longer, r"the last type runs over the end of the types \(byte 56\)")


def test_the_btf_of_a_module_is_refused() -> None:
    blob = Blob()
    blob.strings = b"task_struct\0"
    bad(blob, "split BTF of a module.*give the kernel's own BTF")
    blob = Blob()
    blob.struct("task_struct", 4, ("a", 1, 0))
    data = bytearray(blob.data())
    struct.pack_into("<I", data, 24 + 32 + 12, 123_456)
    with pytest.raises(LayoutError, match=r"name at byte 68 lies outside .* BTF of a module"):
        btf.read_btf(bytes(data), name="x")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "begins with nothing"),
        (b"\x7fELF", "begins with 7f 45, not with BTF's 9f eb or eb 9f"),
        (SMALL[:23], "truncated: the header of 24 bytes"),
        (SMALL[:2] + b"\2" + SMALL[3:], "BTF version 2"),
        (SMALL[:4] + b"\x08\0\0\0" + SMALL[8:], r"a header of 8 bytes \(byte 4\)"),
        (SMALL[:12] + b"\x91\x25\0\0" + SMALL[16:], "no multiple of 4"),
        (SMALL[:-1], r"truncated: the string section ends at byte 15760, the data at byte 15759"),
        (SMALL[:-1] + b"x", r"does not end with a zero \(byte 15759\)"),
        (b"\x28\xb5\x2f\xfd" + b"\xff" * 40, "the zstd data are damaged"),
    ],
)
def test_damaged_data_are_refused_with_their_place(data: bytes, complaint: str) -> None:
    with pytest.raises(LayoutError, match=rf"some\.btf: .*{complaint}"):
        btf.read_btf(data, name="x", where="some.btf")


def test_a_compressed_file_and_one_that_was_cut() -> None:
    data = zstandard.ZstdCompressor().compress(SMALL)
    assert btf.read_btf(data, name="x") == btf.read_btf(SMALL, name="x")
    with pytest.raises(LayoutError):
        btf.read_btf(data[:-100], name="x")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"gone\.btf: cannot be read: No such file"):
        btf.load(tmp_path / "gone.btf")
