from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LayoutError
from core.layout.model import KernelLayout, KernelTypes, Member, StructLayout
from core.layout.sources import saved
from core.layout.sources.btf import BtfKernel
from tests.core.layout.made import BTF

BTF_FILES = sorted(BTF.glob("*.btf"))


def kernel(path: Path) -> BtfKernel:
    return BtfKernel(
        path.read_bytes(), name=path.stem, label='a "structs":[] label', kernel="6.1", arch="arm"
    )


TEXT = saved.write_saved(kernel(BTF / "arm-debian-armmp.btf"))


class OneStruct:
    """A kernel of one struct, for members that BTF never has."""

    def __init__(self, struct: StructLayout) -> None:
        self.struct = struct

    def layout(self, struct: str = "task_struct") -> KernelLayout:
        return KernelLayout("n", "l", "k", "a", "s", self.struct, pointer_bytes=4, notes=("one",))

    def find(self, struct: str) -> StructLayout | None:
        return self.struct if struct == self.struct.name else None

    def size_and_align(self, typedef: str) -> tuple[int, int] | None:
        return (8, 4) if typedef == "u64" else None

    def struct_names(self) -> tuple[str, ...]:
        return (self.struct.name,)


def test_there_are_files() -> None:
    assert len(BTF_FILES) == 25


@pytest.mark.parametrize("path", BTF_FILES, ids=lambda path: path.stem)
def test_what_was_written_reads_back_the_same(path: Path) -> None:
    whole = kernel(path)
    read = saved.read_saved(saved.write_saved(whole), name="x")
    assert read.layout() == replace(whole.layout(), kind="json")
    names = read.struct_names()
    assert names[0] == "task_struct"
    assert len(names) > 30
    for name in names:
        assert read.find(name) == whole.find(name)
    assert read.size_and_align("u64") == whole.size_and_align("u64")


def test_what_task_struct_holds_by_value_is_saved_too() -> None:
    read = saved.read_saved(saved.write_saved(kernel(BTF / "x86_64-debian-amd64.btf")), name="x")
    assert {"sched_entity", "sched_avg", "thread_struct", "fpu", "list_head"} <= set(
        read.struct_names()
    )
    assert "mm_struct" not in read.struct_names()  # only pointed to
    assert read.find("mm_struct") is None
    with pytest.raises(
        LayoutError, match=r"x: no struct sched_entit among .* did you mean sched_entity\?"
    ):
        read.layout("sched_entit")
    with pytest.raises(
        LayoutError, match=r"no struct qqqqqq among the \d+ that were saved; save it"
    ):
        read.layout("qqqqqq")


def test_types_are_those_saved_and_those_of_members() -> None:
    read = saved.read_saved(TEXT, name="x")
    assert read.size_and_align("unsigned int") == (4, 4)
    assert read.size_and_align("spinlock_t") == (4, 4)
    assert read.size_and_align("cputime_t") is None
    assert read.size_and_align("") is None
    assert "seqcount_spinlock_t" not in saved.TYPES_SAVED
    assert read.size_and_align("seqcount_spinlock_t") == (4, 4)


def test_each_member_has_a_line() -> None:
    read = saved.read_saved(TEXT, name="x")
    structs = [read.find(name) for name in read.struct_names()]
    members = sum(max(1, len(struct.members)) for struct in structs if struct)
    assert len(TEXT.splitlines()) == 2 + 2 * len(structs) + members


members = st.builds(
    Member,
    name=st.sampled_from(["a", "b", ""]),
    type_name=st.text(max_size=5),
    offset_bits=st.integers(0, 64),
    size_bits=st.integers(0, 64),
    is_bitfield=st.booleans(),
    align_bytes=st.sampled_from([1, 4, 64]),
    unit_bytes=st.integers(0, 8),
    is_union=st.booleans(),
    align_known=st.booleans(),
    least_align_bytes=st.sampled_from([0, 2]),
    line_bytes=st.sampled_from([0, 128]),
)


@given(st.lists(members, max_size=4), st.lists(members, max_size=2), st.booleans())
def test_every_field_of_the_model_survives(
    outer: list[Member], inner: list[Member], is_union: bool
) -> None:
    nest = Member("", "union", 0, 128, is_union=True, members=tuple(inner))
    struct = StructLayout("task_struct", 16, (nest, *outer), "big", 8, is_union)
    types: KernelTypes = OneStruct(struct)
    read = saved.read_saved(saved.write_saved(types), name="x")
    assert read.layout() == replace(types.layout(), kind="json")
    assert read.size_and_align("u64") == (8, 4)


def test_the_writer_can_rename() -> None:
    text = saved.write_saved(kernel(BTF_FILES[0]), name="n", label="l", kernel="k", arch="a")
    layout = saved.read_saved(text, name="x").layout()
    assert (layout.name, layout.label, layout.kernel, layout.arch) == ("n", "l", "k", "a")


OLD = {
    "schema": 1,
    "name": "old",
    "label": "Old",
    "kernel": "6.1",
    "arch": "arm",
    "source": "BTF, old.btf",
    "task_struct": {
        "name": "task_struct",
        "size_bytes": 8,
        "endian": "little",
        "members": [
            {"name": "bits", "type_name": "unsigned int", "offset_bits": 0, "size_bits": 1,
             "is_bitfield": True, "align_bytes": 4},
            {"name": "stack", "type_name": "void *", "offset_bits": 32, "size_bits": 32,
             "align_bytes": 4},
        ],
    },
}  # fmt: skip


def test_a_file_of_schema_1_is_read() -> None:
    layout = saved.read_saved(json.dumps(OLD).encode(), name="x").layout()
    assert (layout.name, layout.pointer_bytes, layout.kind) == ("old", 4, "json")
    assert layout.struct == StructLayout(
        "task_struct",
        8,
        (
            Member("bits", "unsigned int", 0, 1, True, 4, 4),
            Member("stack", "void *", 32, 32, False, 4, 4),
        ),
    )
    assert set(saved.UPGRADES) == set(range(1, saved.SCHEMA))


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ('"task_struct":', r"x: no saved layout: not what schema 1 says: 'task_struct'"),
        ('"size_bits":', r"x: no saved layout"),
        ('"members":', r"x: no saved layout"),
        ('"kernel":', r"missing required field `kernel`"),
    ],
)
def test_a_damaged_file_of_schema_1(damage: str, complaint: str) -> None:
    text = json.dumps(OLD, separators=(",", ":")).replace(damage, '"other":')
    with pytest.raises(LayoutError, match=complaint):
        saved.read_saved(text.encode(), name="x").layout()
    with pytest.raises(LayoutError, match="no saved layout"):
        saved.read_saved(b'{"schema":1,"task_struct":[1]}', name="x")


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ((b'"schema":2', b'"schema":3'), r"old\.json: \$\.schema: layout schema 3, .* update the"),
        ((b'"schema":2', b'"schema":0'), r"layout schema 0, .* save the layout again"),
        ((b'"schema":2,', b""), r"missing required field `schema`"),
        ((b'"pointer_bytes":4', b'"pointer_bytes":99'), r"\$\.pointer_bytes"),
        ((b'"endian":"little"', b'"endian":"middle"'), r"\$\.structs\[0\]\.endian"),
        ((b'"offset_bits":0', b'"offset_bits":"0"'), r"structs\[0\]\.members\[0\]\.offset_bits"),
        ((b'"offset_bits":0', b'"offset_bits":-1'), r"structs\[0\]\.members\[0\]\.offset_bits"),
        (
            (b'"offset_bits":0', b'"offset_bits":999999'),
            r"\$\.structs\[0\]\.members: member \w+ at",
        ),
        (
            (b'"structs":[\n{"name":"task_struct"', b'"structs":[\n{"name":"x"'),
            "no struct task_str",
        ),
        ((b'"name":"', b'"name":'), r"malformed.*\(byte \d+\)"),
        ((b'"name":"', b'"name":"\xff'), r"no saved layout"),
    ],
)
def test_damage_is_located(damage: tuple[bytes, bytes], complaint: str) -> None:
    assert damage[0] in TEXT
    with pytest.raises(LayoutError, match=complaint):
        saved.read_saved(TEXT.replace(*damage, 1), name="old.json").layout()


def test_a_cut_file_and_endless_nesting_are_refused() -> None:
    with pytest.raises(LayoutError, match="truncated"):
        saved.read_saved(TEXT[:-50], name="x")
    head = TEXT[: TEXT.index(b'"members":[\n') + 12]
    member = b'{"type_name":"struct","offset_bits":0,"size_bits":8,"members":['
    for depth in (400, 900, 100_000):
        with pytest.raises(LayoutError, match="no saved layout"):
            saved.read_saved(head + member * depth + b"]}" * depth + b"]}}", name="x").layout()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"gone\.json: cannot be read: No such file"):
        saved.load(tmp_path / "gone.json")
    (tmp_path / "here.json").write_bytes(TEXT)
    assert saved.load(tmp_path / "here.json").layout().label == 'a "structs":[] label'
