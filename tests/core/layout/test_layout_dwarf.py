from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from core.errors import LayoutError
from core.layout.model import KernelTypes, Member, StructLayout, flattened
from core.layout.sources.elf import Elf
from core.layout.sources.opening import open_kernel
from tests.examples import examples

GCC = shutil.which("gcc")
pytestmark = pytest.mark.skipif(GCC is None, reason="there is no gcc")

SOURCE = """
typedef unsigned long long u64;
typedef unsigned char u8;
typedef struct { int counter; } atomic_t;
typedef int aligned_int __attribute__((aligned(16)));
typedef u64 compat_u64 __attribute__((aligned(4)));
struct page;
struct pt;
enum kind { A, B };
struct util_est { unsigned int enqueued, ewma; } __attribute__((aligned(8)));
struct sched_avg { u64 sum; struct util_est util_est; } __attribute__((aligned(64)));
struct sched_entity { u64 load; struct sched_avg avg; };
struct packed { u8 tag; int value; u64 more; } __attribute__((packed));
struct lines { char first; char second __attribute__((aligned(64))); };
struct task_struct {
    unsigned int state;
    unsigned one:1;
    unsigned three:3;
    unsigned :0;
    unsigned after_zero:2;
    u8 tail;
    unsigned shared:1;
    struct sched_entity se;
    struct packed packed;
    union { int left; struct { char inner; long nested; u64 wide:40; }; };
    union { int x; } named;
    struct { short s; } list[2];
    int array[3][2];
    int (*function)(struct page *, int, ...);
    int (*callback)(void (*)(void), enum kind);
    const char *volatile pointer;
    const int *const *pointers[4];
    char buffer[256];
    char longer[65536];
    aligned_int typedefed;
    compat_u64 compat;
    char member_aligned __attribute__((aligned(32)));
    atomic_t usage;
    enum kind kind;
    _Bool flag;
    struct pt *unknown;
    void *nothing;
    struct lines lines;
    int flexible[];
};
struct task_struct init_task;
struct no_line { long a; } plain;
union both { int i; char c[8]; } both;
"""


def compiled(directory: Path, *options: str, source: str = SOURCE, name: str = "sched") -> Path:
    file, out = directory / f"{name}.c", directory / f"{name}.o"
    file.write_text(source)
    command = [str(GCC), "-g", "-c", *options, str(file), "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and options:
        pytest.skip(f"gcc cannot {' '.join(options)}: {done.stderr[:80]}")
    assert not done.returncode, done.stderr
    return out


@pytest.fixture(scope="module")
def object_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("dwarf"))


def what_gcc_says(
    directory: Path, kernel: KernelTypes, *options: str
) -> dict[str, tuple[int, int]]:
    """Return offset and alignment of each plain member, and size and alignment of each struct."""
    terms, names = [], []
    for tag in kernel.struct_names():
        struct_ = kernel.find(tag)
        assert struct_ is not None
        spelt = f"{'union' if struct_.is_union else 'struct'} {tag}"
        names.append(tag)
        terms.append(f"sizeof({spelt}), _Alignof({spelt})")
        for member in flattened(struct_.members):
            if member.name and not member.is_bitfield:
                names.append(f"{tag}.{member.name}")
                place = f"(({spelt} *)0)->{member.name}"
                terms.append(f"__builtin_offsetof({spelt}, {member.name}), __alignof__({place})")
    text = 'unsigned long long facts[] __attribute__((section(".facts"))) = {' + ",\n".join(terms)
    out = compiled(directory, *options, source=SOURCE + text + "};", name="facts")
    elf = Elf(out.read_bytes(), where="facts")
    section = elf.find(".facts")
    assert section is not None
    numbers = struct.unpack(f"<{2 * len(names)}Q", elf.bytes_of(section))
    return dict(zip(names, zip(numbers[::2], numbers[1::2], strict=True), strict=True))


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-m32",),
        ("-gdwarf-2",),
        ("-gdwarf-3",),
        ("-gdwarf-4",),
        ("-gdwarf64",),
        ("-gz",),
        ("-O2",),
    ],
    ids=" ".join,
)
def test_offsets_and_known_alignments_are_those_of_gcc(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    kernel = open_kernel(compiled(tmp_path, *options))
    facts = what_gcc_says(tmp_path, kernel, *options)
    not_known = set()
    for tag in kernel.struct_names():
        layout = kernel.find(tag)
        assert layout is not None
        assert layout.size_bytes == facts[tag][0]
        assert layout.align_bytes in (0, facts[tag][1])
        if not layout.align_bytes:
            not_known.add(tag)
        for member in flattened(layout.members):
            if member.name and not member.is_bitfield:
                place = f"{tag}.{member.name}"
                assert member.offset_bits == facts[place][0] * 8, place
                if member.align_known:
                    assert member.align_bytes == facts[place][1], place
                else:
                    not_known.add(place)
    # "packed" is not written down, so what is in it, and how it aligns, is not known.
    assert not_known == {
        "packed",
        *(f"packed.{name}" for name in ("tag", "value", "more")),
        "task_struct.packed",
    }


def test_members_are_spelled_as_btf_has_them(object_file: Path) -> None:
    struct_ = open_kernel(object_file).layout().struct
    spelt = {m.name: m.type_name.strip() for m in flattened(struct_.members)}
    assert spelt["state"] == "unsigned int"
    assert spelt["se"] == "struct sched_entity"
    assert spelt["named"] == "union"
    assert spelt["list"] == "struct[2]"
    assert spelt["array"] == "int[3][2]"
    assert spelt["function"] == "int (*)(struct page *, int, ...)"
    assert spelt["callback"] == "int (*)(void (*)(void), enum kind)"
    assert spelt["pointer"] == "const char *volatile"
    assert spelt["pointers"] == "const int *const *[4]"
    assert spelt["typedefed"] == "aligned_int"
    assert spelt["nothing"] == "void *"
    assert spelt["flexible"] == "int[0]"
    assert spelt["unknown"] == "struct pt *"


def test_bitfields_arrays_and_anonymous_members(object_file: Path) -> None:
    struct_ = open_kernel(object_file).layout().struct
    one, three, after = (struct_.member(name) for name in ("one", "three", "after_zero"))
    assert (one.offset_bits, one.size_bits, one.unit_bytes, one.is_bitfield) == (32, 1, 4, True)
    assert (three.offset_bits, three.size_bits) == (33, 3)
    assert after.offset_bits == 64
    assert struct_.member("shared").offset_bits == struct_.member("tail").offset_bits + 8
    assert struct_.member("buffer").size_bits == 256 * 8
    assert struct_.member("longer").size_bits == 65536 * 8
    assert struct_.member("flexible").size_bits == 0
    union = next(m for m in struct_.members if m.is_union and not m.name)
    assert [m.name for m in flattened(union.members)] == ["left", "", "inner", "nested", "wide"]
    assert struct_.member("nested").offset_bits == union.offset_bits + 64
    assert [m.name for m in struct_.member("list").members] == ["s"]


def test_what_is_aligned_to_cache_lines(object_file: Path) -> None:
    kernel = open_kernel(object_file)
    layout = kernel.layout()
    assert layout.struct.align_bytes == 64
    assert layout.struct.member("se").line_bytes == 64
    assert layout.struct.member("state").line_bytes == 0
    plain = kernel.find("no_line")
    assert plain is not None
    assert (plain.align_bytes, plain.members[0].line_bytes) == (8, 0)
    both = kernel.find("both")
    assert both is not None
    assert both.is_union


def test_where_it_is_from(object_file: Path) -> None:
    layout = open_kernel(object_file, kernel="6.1.192").layout()
    assert (layout.kind, layout.name, layout.kernel) == ("dwarf", "sched.o", "6.1.192")
    assert layout.source == "DWARF in sched.o"
    assert layout.pointer_bytes == struct.calcsize("P")


def test_types_by_name_and_what_is_not_there(object_file: Path) -> None:
    kernel = open_kernel(object_file)
    assert kernel.size_and_align("u64") == (8, 8)
    assert kernel.size_and_align("aligned_int") == (4, 16)
    assert kernel.size_and_align("compat_u64") == (8, 4)
    assert kernel.size_and_align("unsigned int") == (4, 4)
    assert kernel.size_and_align("kind") == (4, 4)
    assert kernel.size_and_align("nothing") is None
    assert kernel.find("page") is None
    assert kernel.find("") is None
    assert {"task_struct", "sched_avg", "both"} <= set(kernel.struct_names())
    with pytest.raises(LayoutError, match=r"no struct sched_ent; did you mean sched_entity\?"):
        kernel.layout("sched_ent")


def test_an_offset_that_looks_like_an_entry_is_none() -> None:
    # Where strings lie depends on how long the folder's name is; some lengths are bad ones.
    for length in range(1, 41):
        with tempfile.TemporaryDirectory(prefix="x" * length, dir="/tmp") as folder:
            assert open_kernel(compiled(Path(folder))).find("page") is None


def test_a_linked_file_and_the_unit_that_has_task_struct(tmp_path: Path) -> None:
    other = compiled(tmp_path, source="struct task_struct; struct task_struct *p;", name="a")
    whole = compiled(tmp_path)
    linked = tmp_path / "vmlinux"
    command = [str(GCC), "-shared", str(other), str(whole), "-o", str(linked)]
    subprocess.run(command, check=True, capture_output=True)
    kernel = open_kernel(linked)
    assert kernel.layout() == open_kernel(whole, name="vmlinux", label="vmlinux").layout()
    assert kernel.find("sched_entity") is not None


NUMBERED = """
    .section .debug_info,"",@progbits
    .long 2f - 1f
1:  .value 5
    .byte 1, 8
    .long 0
    .byte 1
    .long 8
3:  .byte 2, 0, 4
    .byte 3, 1
    .long 4f - 1b + 4
    .byte 0, 0
4:  .byte 4, 2, 4, 5
    .byte 0
2:
    .section .debug_abbrev,"",@progbits
    .byte 1, 0x11, 1, 0x72, 0x17, 0, 0
    .byte 2, 0x13, 1, 0x03, 0x25, 0x0b, 0x0b, 0, 0
    .byte 3, 0x0d, 0, 0x03, 0x25, 0x49, 0x13, 0x38, 0x21, 0, 0, 0
    .byte 4, 0x24, 0, 0x03, 0x25, 0x0b, 0x0b, 0x3e, 0x0b, 0, 0
    .byte 0
    .section .debug_str_offsets,"",@progbits
    .long 16
    .value 5, 0
    .long 0, 12, 16
    .section .debug_str,"MS",@progbits,1
    .string "task_struct"
    .string "pid"
    .string "int"
"""


def test_names_given_by_number_as_clang_does(tmp_path: Path) -> None:
    file, out = tmp_path / "clang.s", tmp_path / "clang.o"
    file.write_text(NUMBERED)
    subprocess.run([str(GCC), "-c", str(file), "-o", str(out)], check=True, capture_output=True)
    struct_ = open_kernel(out).layout().struct
    expected = Member("pid", "int", 0, 32, align_bytes=4, unit_bytes=4, align_known=True)
    assert struct_ == StructLayout("task_struct", 4, (expected,), "little", 4)


def test_no_task_struct_says_what_to_give(tmp_path: Path) -> None:
    other = compiled(tmp_path, source="struct x { int a; } x;")
    kernel = open_kernel(other)
    assert kernel.struct_names() == ("x",)
    with pytest.raises(LayoutError, match=r"no struct task_struct in this debug.*compiled with -g"):
        kernel.layout()


def test_type_units_are_refused(tmp_path: Path) -> None:
    kernel = open_kernel(compiled(tmp_path, "-fdebug-types-section"))
    with pytest.raises(LayoutError, match=r"type unit|no struct task_struct in this"):
        kernel.layout()


def test_btf_goes_first_unless_asked(object_file: Path, tmp_path: Path) -> None:
    objcopy = shutil.which("objcopy")
    if objcopy is None:
        pytest.skip("there is no objcopy")
    blob = Path(__file__).parents[2] / "data" / "btf" / "x86_64-defconfig.btf"
    both = tmp_path / "vmlinux"
    command = [objcopy, "--add-section", f".BTF={blob}", str(object_file), str(both)]
    subprocess.run(command, check=True, capture_output=True)
    assert open_kernel(both).layout().kind == "elf"
    assert open_kernel(both, prefer_dwarf=True).layout().kind == "dwarf"


def test_drgn_sees_the_same(object_file: Path) -> None:
    import drgn

    program = drgn.Program()
    program.extra_module("sched", 0, create=True).try_file(str(object_file), force=True)
    kernel = open_kernel(object_file)
    for tag in kernel.struct_names():
        layout = kernel.find(tag)
        assert layout is not None
        seen = program.type(f"{'union' if layout.is_union else 'struct'} {tag}")
        assert seen.size == layout.size_bytes
        theirs = [(m.name or "", m.bit_offset, m.bit_field_size or 0) for m in seen.members]
        ours = [(m.name, m.offset_bits, m.size_bits * m.is_bitfield) for m in layout.members]
        assert ours == theirs


@examples(100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=20),
    st.integers(0, 1 << 20),
)
def test_no_damage_gets_through(
    object_file: Path, changes: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(object_file.read_bytes())
    for at, byte in changes:
        data[at % len(data)] = byte
    if cut % 4 == 0:
        del data[cut % len(data) :]
    try:
        kernel = open_kernel(bytes(data), name="x")
        kernel.layout()
        kernel.size_and_align("u64")
    except LayoutError as error:
        assert "\n" not in str(error)


def test_a_struct_of_a_words_size_hides_its_alignment_where_loads_are_strict(
    tmp_path: Path,
) -> None:
    source, shared = tmp_path / "word.c", tmp_path / "word.so"
    source.write_text(
        "struct pair { int a, b; }; struct other { char c; struct pair p; } one; long longs;"
    )
    options = ["-g", "-shared", "-fPIC", "-nostdlib"]
    subprocess.run([str(GCC), *options, str(source), "-o", str(shared)], check=True)

    def told() -> bool:
        layout = open_kernel(shared).layout("other")
        return layout.struct.member("p").align_known

    assert told()
    data = bytearray(shared.read_bytes())
    data[18:20] = (243).to_bytes(2, "little")  # e_machine: EM_RISCV
    shared.write_bytes(data)
    assert not told()
