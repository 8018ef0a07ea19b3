"""A profile in a file: what is written is read, and nothing damaged is believed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RecordingError
from core.recording.profile import Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.profile_file import MAGIC, from_bytes, load, save
from core.recording.reading import Reading

NAMES = st.text("abcdef_", min_size=1, max_size=6)
STACKS = st.lists(st.builds(Frame, NAMES, NAMES, st.sampled_from(["", "ext4"])), max_size=6)
RECORDS = st.lists(
    st.tuples(STACKS, st.integers(0, 2**40), st.text(max_size=8), st.integers(-1, 2**62)),
    max_size=12,
)


def made(rows: list[tuple[list[Frame], int, str, int]]) -> StackProfile:
    info = ProfileInfo("page_owner", "dump.txt", findings=(("Lost", "A sentence."),))
    builder = ProfileBuilder(info)
    for frames, pages, comm, pfn in rows:
        builder.add(
            frames, weights={"pages": pages}, dimensions={"comm": comm}, numbers={"pfn": pfn}
        )
    return builder.build()


def small() -> StackProfile:
    stack = [Frame("main", "main+0x1"), Frame("alloc", "alloc+0x2", "ext4")]
    return made([(stack, 4, "sh", 7), (stack[:1], 1, "a b, (c)", -1), (stack, 2, "sh", 9)])


def assert_same(one: StackProfile, other: StackProfile) -> None:
    assert one.info == other.info
    assert one.stacks.frames == other.stacks.frames
    for ours, theirs in (
        (one.stack, other.stack),
        (one.stacks.ids, other.stacks.ids),
        (one.stacks.bounds, other.stacks.bounds),
    ):
        assert ours.dtype == theirs.dtype
        assert np.array_equal(ours, theirs)
    for mine, its in ((one.weights, other.weights), (one.numbers, other.numbers)):
        assert list(mine) == list(its)
        assert all(np.array_equal(mine[name], its[name]) for name in mine)
    assert list(one.dimensions) == list(other.dimensions)
    for name, dimension in one.dimensions.items():
        assert dimension.values == other.dimensions[name].values
        assert np.array_equal(dimension.codes, other.dimensions[name].codes)


def data_of(profile: StackProfile, folder: Path, reading: Reading | None = None) -> bytes:
    path = folder / "profile"
    save(profile, reading or Reading(), path, format_name="page_owner")
    return path.read_bytes()


@given(RECORDS)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[list[Frame], int, str, int]]
) -> None:
    profile = made(rows)
    folder = tmp_path_factory.mktemp("profile")
    assert_same(from_bytes(data_of(profile, folder), where="it")[0], profile)


def test_the_notes_of_the_reader_come_along(tmp_path: Path) -> None:
    reading = Reading(lines=9, bad_lines=2, first_bad="line 3: 'x'", notes=["The file ends early."])
    save(small(), reading, tmp_path / "profile", format_name="folded")
    _, read, name = load(tmp_path / "profile")
    assert read == reading
    assert name == "folded"


def test_a_file_that_is_cut_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    data = data_of(small(), tmp_path)
    for end in range(len(data)):
        with pytest.raises(RecordingError) as caught:
            from_bytes(data[:end], where="profile")
        assert str(caught.value).startswith("profile: ")


def test_a_byte_that_was_changed_is_noticed(tmp_path: Path) -> None:
    data = data_of(small(), tmp_path)
    for at in range(0, len(data), 7):
        damaged = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
        with pytest.raises(RecordingError):
            from_bytes(damaged, where="profile")


def test_what_the_columns_point_at_must_exist(tmp_path: Path) -> None:
    profile = small()
    profile.stack[1] = 2
    with pytest.raises(RecordingError, match="a record has a stack that does not exist"):
        from_bytes(data_of(profile, tmp_path), where="profile")
    profile = small()
    profile.stacks.ids[0] = -1
    with pytest.raises(RecordingError, match="a stack has a frame that does not exist"):
        from_bytes(data_of(profile, tmp_path), where="profile")
    profile = small()
    profile.dimensions["comm"].codes[2] = 5
    with pytest.raises(RecordingError, match="a value of 'comm' that does not exist"):
        from_bytes(data_of(profile, tmp_path), where="profile")


def test_stacks_must_follow_one_another(tmp_path: Path) -> None:
    profile = small()
    profile.stacks.bounds[1] = 9
    with pytest.raises(RecordingError, match="do not follow one another"):
        from_bytes(data_of(profile, tmp_path), where="profile")


def test_something_else_is_no_profile(tmp_path: Path) -> None:
    for data in (b"", MAGIC, b"order 0, mask 0x0\n" * 50):
        with pytest.raises(RecordingError, match="no profile"):
            from_bytes(data, where="x")
    with pytest.raises(RecordingError, match="cannot read"):
        load(tmp_path / "nowhere")


def test_nothing_is_left_beside_it(tmp_path: Path) -> None:
    save(small(), Reading(), tmp_path / "profile")
    assert [path.name for path in tmp_path.iterdir()] == ["profile"]
