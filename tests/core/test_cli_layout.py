"""``ownerscope layout``: the contract of its options, its JSON and its complaints."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from core import cli
from core.layout.library import THIS_MACHINE_BTF

DATA = Path(__file__).parents[1] / "data"
BTF = DATA / "btf"
DEBIAN = str(BTF / "x86_64-debian-amd64.btf")
TINY = str(BTF / "x86_64-tinyconfig.btf")
ARM64 = str(BTF / "arm64-debian-arm64.btf")


def ownerscope(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.main(["layout", *words])
    out, err = capsys.readouterr()
    return status, out, err


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    status, out, err = ownerscope(capsys, *words, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


def test_a_struct_without_a_field(capsys: pytest.CaptureFixture[str]) -> None:
    data = told(capsys, DEBIAN)
    assert data["schema"] == 1
    assert data["source"] | {"read_from": ""} == {
        "kind": "btf", "name": "x86_64-debian-amd64", "kernel": "", "arch": "x86_64",
        "endian": "little", "pointer_bytes": 8, "read_from": "",
    }  # fmt: skip
    assert (data["struct"], data["sizeof"], data["members"]) == ("task_struct", 9792, 252)
    assert (data["holes"], data["sum_holes"], data["bit_holes"], data["padding"]) == (23, 154, 2, 0)
    assert data["align"] == {"min": 64, "max": 64, "best": 64, "known": False}
    for key in ("field", "growth", "sizeof_after", "moved"):
        assert data[key] is None
    assert data["slab"]["after"] is None
    assert data["tasks"]["after_bytes"] is None
    assert "fields" not in data
    assert "832 bytes of register state" in data["assumed"]


def test_a_field_with_everything_it_costs(capsys: pytest.CaptureFixture[str]) -> None:
    data = told(
        capsys, TINY, "--field", "uint", "--place", "end", "--xstate", "832", "--tasks", "9"
    )
    assert data["field"] | {"declaration": "", "asked": ""} == {
        "name": "page_owner_depth", "place": "end", "byte_offset": 1472, "bit_offset": 0,
        "bit_size": 32, "cache_line": 23, "declaration": "", "asked": "",
    }  # fmt: skip
    growth = data["growth"]
    assert (growth["min"], growth["best"], growth["exact"]) == (64, 64, False)
    assert data["sizeof_after"]["best"] == data["sizeof"] + 64
    assert data["moved"] == [{"member": "thread", "from": 1472, "to": 1536}]
    before, after = data["slab"]["before"], data["slab"]["after"]
    assert (before["object_bytes"], after["object_bytes"]) == (2624, 2688)
    assert set(before) >= {"object_bytes", "order", "objects", "waste", "bytes_per_task"}
    assert data["slab"]["growth_left"] == before["growth_left"] == 64
    assert after["growth_left"] == 0
    assert data["slab"]["at_most"]["objects"] == 11
    assert data["tasks"] == {
        "count": 9, "before_bytes": 32768, "after_bytes": 32768, "at_most_bytes": 32768,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "place"), [("uint", "v1"), ("u8", "v1"), ("bit1", "upstream"), ("bit2", "upstream")]
)
def test_a_field_goes_where_its_patch_put_it(
    capsys: pytest.CaptureFixture[str], field: str, place: str
) -> None:
    assert told(capsys, ARM64, "--field", field)["field"]["place"] == place


def test_the_three_storages_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    data = told(capsys, DEBIAN, "--compare", "--cpus", "4", "--xstate", "832")
    assert [one["field"]["asked"] for one in data["fields"]] == ["uint", "bit1", "bit2"]
    assert [one["growth"]["best"] for one in data["fields"]] == [0, 0, 0]
    assert all(one["slab"]["after"]["bytes_per_task"] == 6554 for one in data["fields"])
    assert data["field"] is None


def test_an_alignment_makes_it_exact(capsys: pytest.CaptureFixture[str]) -> None:
    growth = told(capsys, TINY, "--field", "uint", "--place", "end", "--align", "64")["growth"]
    assert (growth["min"], growth["max"], growth["exact"]) == (64, 64, True)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs a C compiler")
def test_a_compiler_has_the_last_word(capsys: pytest.CaptureFixture[str]) -> None:
    data = told(capsys, TINY, "--field", "uint", "--place", "end", "--exact", "cc")
    assert data["growth"] | {"basis": ""} == {
        "min": 64, "max": 64, "best": 64, "exact": True, "basis": "",
    }  # fmt: skip
    assert data["growth"]["basis"].startswith("compiled: ")


def test_any_struct_and_any_type(capsys: pytest.CaptureFixture[str]) -> None:
    data = told(capsys, DEBIAN, "--struct", "list_head", "--field", "struct list_head more")
    assert (data["struct"], data["sizeof"]) == ("list_head", 16)
    assert (data["field"]["place"], data["field"]["byte_offset"]) == ("end", 16)
    assert data["sizeof_after"]["best"] == 32


def test_several_sources_are_a_survey(capsys: pytest.CaptureFixture[str]) -> None:
    rows = told(capsys, DEBIAN, ARM64, "debian-6.1-s390x", "--field", "uint")
    assert [row["source"]["arch"] for row in rows] == ["x86_64", "arm64", "s390x"]
    status, out, _ = ownerscope(capsys, DEBIAN, ARM64, "--compare")
    assert status == 0
    assert "9,792" in out
    assert "4,160" in out


def test_a_broken_source_does_not_stop_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.btf"
    broken.write_bytes(Path(DEBIAN).read_bytes()[:5000])
    status, out, err = ownerscope(capsys, str(broken), ARM64, "--json")
    assert status == 2
    assert err.count("\n") == 1
    rows = json.loads(out)
    assert "truncated" in rows[0]["error"]
    assert rows[1]["sizeof"] == 4160


def test_as_pahole_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ownerscope(capsys, ARM64, "--pahole")
    assert status == 0
    assert out.startswith("struct task_struct {\n")
    assert "/* size: 4160, cachelines: 65, members: " in out
    _, with_field, _ = ownerscope(capsys, ARM64, "--pahole", "--field", "bit1")
    assert "in_page_owner:1;" in with_field
    assert "in_page_owner" not in out


def test_the_story_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ownerscope(capsys, DEBIAN, "--field", "bit2", "--tasks", "1000")
    assert (status, err) == (0, "")
    assert "unsigned int page_owner_depth:2;  at upstream" in out
    assert "byte 2,344, bit 11" in out
    assert "in_eventfd 2344:11 -> 2344:13" in out
    assert "0 bytes an object, then a slab holds 4, not 5" in out
    assert "page_owner itself takes 16 MiB of every GiB" in out
    assert "assumed: architecture x86_64" in out


def test_this_machine_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = ownerscope(capsys, "--json")
    if THIS_MACHINE_BTF.exists():
        assert (status, err) == (0, "")
        data = json.loads(out)
        assert data["source"]["name"] == "this-machine"
        assert "cpus" not in data["machine"]["assumed"]
    else:
        assert (status, out) == (2, "")
        assert "carries no BTF" in err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["nosuch.btf"], "no layout or file 'nosuch.btf'"),
        ([DEBIAN, "--struct", "task_strut"], "no struct task_strut; did you mean task_struct?"),
        ([DEBIAN, "--field", "uint", "--place", "upstream"], "is a whole member"),
        ([DEBIAN, "--field", "uint", "--place", "after:nosuch"], "no member 'nosuch'"),
        ([DEBIAN, "--field", "uint", "--place", "nosuch"], "no place 'nosuch'"),
        ([DEBIAN, "--field", "nosuch"], "--field: expected uint, u8, bit1, bit2"),
        ([DEBIAN, "--place", "v1"], "--place: a place needs a field"),
        ([DEBIAN, "--exact", "cc"], "--exact: there is nothing to compile"),
        ([DEBIAN, "--field", "uint", "--exact", "nosuch-gcc"], "no compiler 'nosuch-gcc'"),
        ([DEBIAN, "--align", "48"], "--align: 48 is no power of two"),
        ([DEBIAN, "--align", "4096"], "--align: the 9792 bytes"),
        ([DEBIAN, "--align", "8"], "--align: struct task_struct is aligned to"),
        ([DEBIAN, "--arch", "arm"], "--arch: arm is little-endian with pointers of 4 bytes"),
        ([DEBIAN, "--arch", "s390x"], "--arch: s390x is big-endian"),
        ([DEBIAN, "--arch", "vax"], "no architecture 'vax'"),
        (["debian-6.1-arm64", "--arch", "x86_64"], "--arch: debian-6.1-arm64 is of arm64"),
        ([DEBIAN, "--field", " "], "--field: the field is empty"),
        ([DEBIAN, "--field", "unsigned long pid"], "has a member pid already"),
        ([DEBIAN, "--json", "--pahole"], "--pahole: give --json or --pahole"),
        ([DEBIAN, "--kernel", "six"], "--kernel: expected a release"),
        ([DEBIAN, "--cpus", "0"], "--cpus: 0 is not between 1 and"),
        ([DEBIAN, "--page-bytes", "5000"], "--page-bytes: 5000 is no power of two"),
        ([DEBIAN, "--page-bytes", "1"], "--page-bytes: 1 is not between 4096 and"),
        ([DEBIAN, "--tasks", "many"], "--tasks"),
        ([DEBIAN, "--config", "nosuch.config"], "nosuch.config: cannot be read"),
        ([DEBIAN, "--nonsense"], "--nonsense"),
    ],
)
def test_bad_input_is_one_line_and_two(
    capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    status, out, err = ownerscope(capsys, *words)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert expected in err


def test_a_shuffled_kernel_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    config = tmp_path / "config-6.1"
    config.write_text("CONFIG_RANDSTRUCT=y\nCONFIG_RANDSTRUCT_FULL=y\n")
    words = (DEBIAN, "--config", str(config))
    status, _, err = ownerscope(capsys, *words, "--field", "uint")
    assert status == 2
    assert f"{config} has CONFIG_RANDSTRUCT" in err
    assert ownerscope(capsys, *words)[0] == 0  # as it is, it can be looked at

    beside = tmp_path / "vmlinuz-6.1"
    shutil.copy(DEBIAN, beside)
    assert "CONFIG_RANDSTRUCT" in ownerscope(capsys, str(beside), "--field", "uint")[2]
