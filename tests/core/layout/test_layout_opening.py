from __future__ import annotations

import os
import threading
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LayoutError
from core.layout.sources.files import contents, standard_input
from core.layout.sources.opening import is_text, open_kernel, short_name
from core.layout.sources.saved import write_saved
from tests.core.layout.made import BTF, PACKERS, bzimage, memory_image, vmlinux
from tests.examples import examples

BLOB = (BTF / "x86_64-defconfig.btf").read_bytes()
SAVED = write_saved(open_kernel(BLOB, name="a-name", arch="x86_64"))
PAHOLE = b"""On Monday somebody wrote:
> struct task_struct {
> 	long unsigned int          state;                /*     0     8 */
> 	void *                     stack;                /*     8     8 */
> 	unsigned int               in_execve:1;          /*    16: 0  4 */
>
> 	/* XXX 31 bits hole, try to pack */
>
> 	int                        pid;                  /*    20     4 */
>
> 	/* size: 24, cachelines: 1, members: 4 */
> 	/* sum members: 20 */
> 	/* sum bitfield members: 1 bits, bit holes: 1, sum bit holes: 31 bits */
> 	/* last cacheline: 24 bytes */
> };
"""

KINDS = {
    "btf": BLOB,
    "elf": vmlinux(),
    "vmlinuz": bzimage(PACKERS["zstd"](vmlinux())),
    "json": SAVED,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("packer", ["", *PACKERS])
def test_content_tells_what_a_file_is(kind: str, packer: str, tmp_path: Path) -> None:
    path = tmp_path / "mail.txt"
    path.write_bytes(PACKERS[packer](KINDS[kind]) if packer else KINDS[kind])
    layout = open_kernel(path).layout()
    assert layout.kind == kind
    assert layout.struct.size_bytes == 7296
    assert layout.name == ("a-name" if kind == "json" else "mail.txt")


def test_paholes_text_in_a_mail() -> None:
    layout = open_kernel(PAHOLE, name="mail").layout()
    assert (layout.kind, layout.struct.size_bytes) == ("pahole", 24)
    assert layout.struct.member("in_execve").offset_bits == 128


def test_an_image_without_a_head_is_looked_through() -> None:
    plain = memory_image("s390x-debian-s390x", b"")
    assert open_kernel(plain[7:], name="image").layout().big_endian


@pytest.mark.parametrize(
    ("data", "begin"),
    [
        (b"", "nothing"),
        (b"hello, I am a text", "68 65 6c 6c"),
        (b"\0\1\2\3", "00 01 02 03"),
        (b"\x90" + bytes(300_000), "90 00 00 00"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "89 50 4e 47"),
    ],
)
def test_what_nobody_knows_is_one_line(data: bytes, begin: str) -> None:
    with pytest.raises(
        LayoutError, match=rf"^a/file: begins with {begin}.*give BTF, a vmlinux"
    ) as got:
        open_kernel(data, where="a/file")
    assert "\n" not in str(got.value)


def test_names_come_from_the_file_but_never_a_release(tmp_path: Path) -> None:
    path = tmp_path / "vmlinux-6.1.0-44.btf.xz"
    path.write_bytes(PACKERS["xz"](BLOB))
    layout = open_kernel(path).layout()
    assert (layout.name, layout.label) == ("vmlinux-6.1.0-44", "vmlinux-6.1.0-44.btf.xz")
    assert (layout.kernel, layout.arch) == ("", "")
    assert layout.source == "BTF, vmlinux-6.1.0-44.btf.xz"
    named = open_kernel(path, name="n", label="l", kernel="6.1", arch="x86_64").layout()
    assert (named.name, named.label, named.kernel, named.arch) == ("n", "l", "6.1", "x86_64")


def test_short_names_and_texts() -> None:
    assert short_name(Path("a/vmlinuz-6.1.gz")) == "vmlinuz-6.1"
    assert short_name(Path(".btf")) == ".btf"
    assert is_text("Zeile\tmit Ümlaut\r\n".encode())
    assert not is_text(b"text\0")
    assert not is_text(b"")


def test_large_files_are_mapped_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(8 << 20))
    with path.open("r+b") as stream:
        stream.truncate(600 << 20)  # a hole: no disk is filled
    tracemalloc.start()
    data = contents(path)
    assert len(data) == 600 << 20
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_a_large_vmlinux_costs_its_btf(tmp_path: Path) -> None:
    path = tmp_path / "vmlinux"
    path.write_bytes(vmlinux())
    with path.open("r+b") as stream:
        stream.truncate(500 << 20)
    tracemalloc.start()
    assert open_kernel(path).layout().struct.size_bytes == 7296
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_a_pipe_is_read_and_a_device_is_not(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(BLOB,))
    writer.start()
    assert open_kernel(pipe).layout().struct.size_bytes == 7296
    writer.join()
    with pytest.raises(LayoutError, match="/dev/zero: is a device"):
        open_kernel(Path("/dev/zero"))
    with pytest.raises(LayoutError, match="cannot be read: Is a directory"):
        open_kernel(tmp_path)
    with pytest.raises(LayoutError, match="cannot be read: No such file"):
        open_kernel(tmp_path / "gone")


def test_standard_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.write_bytes(BLOB)
    with path.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert standard_input() == BLOB
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(LayoutError, match="standard input: is a terminal, nothing is piped in"):
        standard_input()


@examples(60)
@given(
    st.sampled_from(sorted(KINDS)),
    st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=8),
    st.integers(0, 1 << 20),
)
def test_damage_is_a_layout_error_and_soon(
    kind: str, changes: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(KINDS[kind])
    for at, byte in changes:
        data[at % len(data)] = byte
    if cut % 3 == 0:
        del data[cut % len(data) :]
    started = time.process_time()
    try:
        open_kernel(bytes(data), name="x").layout()
    except LayoutError as error:
        assert "\n" not in str(error)
    assert time.process_time() - started < 20, "damage must not make work without end"
