from __future__ import annotations

import os
from pathlib import Path

import pytest
import zstandard

from core.errors import LayoutError
from core.layout import library, save
from core.layout.place import place_bits, place_uint

ROOT = Path(__file__).parents[3]
BTF = ROOT / "tests" / "data" / "btf"

MADE_FROM = {
    "debian-6.1-amd64": "x86_64-debian-amd64",
    "debian-6.1-arm64": "arm64-debian-arm64",
    "debian-6.1-armhf": "arm-debian-armmp",
    "debian-6.1-i386": "i386-debian-686-pae",
    "debian-6.1-ppc64el": "ppc64le-debian-ppc64el",
    "debian-6.1-s390x": "s390x-debian-s390x",
    "debian-6.12-amd64": "x86_64-debian-amd64-k6.12",
    "defconfig-6.1-amd64": "x86_64-defconfig",
    "defconfig-6.1-arm64": "arm64-defconfig",
    "defconfig-6.1-i386": "i386-defconfig",
    "defconfig-6.1-ppc64le": "ppc64le-defconfig",
    "defconfig-6.12-amd64": "x86_64-defconfig-k6.12",
    "defconfig-6.12-riscv64": "riscv64-defconfig-k6.12",
    "multi-v7-6.1-arm": "arm-multi_v7_defconfig",
    "tinyconfig-6.1-amd64": "x86_64-tinyconfig",
    "tinyconfig-6.1-s390x": "s390x-tinyconfig",
    "allmodconfig-6.1-amd64": "x86_64-allmodconfig",
}


def test_every_bundled_layout_is_accounted_for() -> None:
    assert set(library.bundled()) == set(MADE_FROM)


@pytest.mark.parametrize("name", MADE_FROM)
def test_a_bundled_layout_is_what_its_btf_says(name: str, tmp_path: Path) -> None:
    layout = library.find(name)
    assert layout.name == name
    assert layout.kernel.startswith("6.1")
    assert layout.borrowed_for is None
    assert place_uint(layout).unit_bytes == 4
    assert place_bits(layout, 1).bit_size == 1
    out = tmp_path / f"{name}.json"
    options = ["--kernel", layout.kernel, "--arch", layout.arch, "--label", layout.label]
    assert save.main([str(BTF / f"{MADE_FROM[name]}.btf"), str(out), *options]) == 0
    assert out.read_bytes() == (ROOT / "resources" / "layouts" / f"{name}.json").read_bytes()


def test_only_s390x_is_big_endian() -> None:
    assert [name for name in library.bundled() if library.find(name).big_endian] == [
        "debian-6.1-s390x",
        "tinyconfig-6.1-s390x",
    ]


def test_the_bundled_layouts_stay_small_and_are_described() -> None:
    files = [*(ROOT / "resources" / "layouts").glob("*.json")]
    assert sum(path.stat().st_size for path in files) < 1_500_000
    readme = (ROOT / "resources" / "layouts" / "README.md").read_text()
    for name, btf_name in MADE_FROM.items():
        assert f"| `{name}` |" in readme
        assert f"make_layout {btf_name} " in readme


def test_a_bundled_kernel_has_more_than_task_struct() -> None:
    kernel = library.open_kernel("debian-6.1-amd64")
    assert kernel.find("sched_entity") is not None
    assert library.find("debian-6.1-amd64", "fpu").struct.name == "fpu"
    assert kernel.size_and_align("spinlock_t") == (4, 4)


@pytest.mark.parametrize(
    ("kernel", "arch", "name", "borrowed_for"),
    [
        ("6.1", "x86_64", "debian-6.1-amd64", None),
        ("6.1.192", "x86_64", "debian-6.1-amd64", None),
        ("6.1", "arm64", "debian-6.1-arm64", None),
        ("6.12", "x86_64", "debian-6.12-amd64", None),
        ("6.12", "arm64", "debian-6.1-amd64", "arm64 6.12"),
        ("5.12", "x86_64", "debian-6.1-amd64", "x86_64 5.12"),
        ("5.12", "ia64", "debian-6.1-amd64", "ia64 5.12"),
    ],
)
def test_a_kernel_without_a_layout_borrows_one(
    kernel: str, arch: str, name: str, borrowed_for: str | None
) -> None:
    layout = library.for_kernel(kernel, arch)
    assert (layout.name, layout.borrowed_for) == (name, borrowed_for)


def test_borrowing_leaves_the_lender_alone() -> None:
    library.for_kernel("5.12", "ia64")
    assert library.find("debian-6.1-amd64").borrowed_for is None


@pytest.mark.parametrize(
    "file_name", ["x86_64-defconfig.btf", "kernel.btf.zst", "saved.json", "saved.json.zst"]
)
def test_a_file_is_known_by_its_content(file_name: str, tmp_path: Path) -> None:
    plain = (BTF / "x86_64-defconfig.btf").read_bytes()
    saved = tmp_path / "x86_64-defconfig.json"
    assert save.main([str(BTF / "x86_64-defconfig.btf"), str(saved)]) == 0
    data = saved.read_bytes() if file_name.startswith("saved") else plain
    if file_name.endswith(".zst"):
        data = zstandard.ZstdCompressor().compress(data)
    path = tmp_path / "no-suffix"
    path.write_bytes(data)
    layout = library.find(path)
    assert layout.struct.size_bytes == 7296
    assert layout == library.find(str(path))


def test_an_unknown_name_is_answered_with_the_nearest_and_all() -> None:
    with pytest.raises(LayoutError, match=r"did you mean debian-6\.1-amd64\? known: .*-s390x.*"):
        library.find("debian-6.1-amd46")
    with pytest.raises(LayoutError, match=r"no layout or file 'qqq'; known: .*this-machine"):
        library.find("qqq")


@pytest.mark.parametrize("name", ["/no/such/file.btf", "~nobody-at-all/x", "a\0b", "x" * 5000])
def test_an_odd_path_is_an_unknown_name(name: str) -> None:
    with pytest.raises(LayoutError, match="no layout or file"):
        library.find(name)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"\x7fELF\2\1\1", "the ELF file is damaged"),
        (b"", "begins with nothing"),
        (zstandard.ZstdCompressor().compress(b"hello\0"), "begins with 68 65 6c 6c"),
        (b"\x28\xb5\x2f\xfdgarbage", "zstd data are damaged"),
    ],
)
def test_a_file_that_is_no_layout_is_refused(data: bytes, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "some.file"
    path.write_bytes(data)
    with pytest.raises(LayoutError, match=rf"some\.file: .*{complaint}"):
        library.find(path)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    with (BTF / "arm64-defconfig.btf").open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        layout = library.open_kernel("-", kernel="6.1.192", arch="arm64").layout()
    assert (layout.name, layout.label) == ("stdin", "standard input")
    assert (layout.kernel, layout.arch) == ("6.1.192", "arm64")
    assert layout.struct.size_bytes == 3776


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="cannot be read"):
        library.find(tmp_path)


def test_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "THIS_MACHINE_BTF", BTF / "arm64-defconfig.btf")
    names = os.uname_result(("Linux", "host", "6.1.0-44-arm64", "#1 SMP", "aarch64"))
    monkeypatch.setattr(os, "uname", lambda: names)
    layout = library.find("this-machine")
    assert (layout.name, layout.kernel, layout.arch) == ("this-machine", "6.1.0-44-arm64", "arm64")
    assert layout.label == "this machine (6.1.0-44-arm64, arm64)"
    assert layout.struct.size_bytes == 3776


def test_a_machine_without_btf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(library, "THIS_MACHINE_BTF", tmp_path / "vmlinux")
    with pytest.raises(
        LayoutError, match=r"carries no BTF; boot .* or use a bundled layout, such as deb"
    ):
        library.find("this-machine")


def test_a_machine_that_hides_its_btf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # A directory fails to read for root too, unlike a file without permissions.
    monkeypatch.setattr(library, "THIS_MACHINE_BTF", tmp_path)
    with pytest.raises(LayoutError, match="cannot be read: Is a directory"):
        library.find("this-machine")


@pytest.mark.skipif(
    not os.access("/sys/kernel/btf/vmlinux", os.R_OK), reason="this kernel has no BTF"
)
def test_the_running_kernel() -> None:
    layout = library.this_machine()
    assert layout.struct.member("comm").size_bits >= 16 * 8
    assert place_bits(layout, 2).bit_size == 2


def test_saving_says_what_is_wrong_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert save.main([str(tmp_path / "gone.btf"), str(tmp_path / "out.json")]) == 2
    assert save.main([str(BTF / "x86_64-defconfig.btf"), str(tmp_path / "no" / "out.json")]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert "gone.btf: cannot be read" in first
    assert "out.json" in second
