"""Records that page_owner itself owns."""

from __future__ import annotations

from core.recording.profile import Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.questions.special import special_records

STACKS = {
    "kernel_init;register_dummy_stack": 4,
    "kernel_init;init_page_owner;register_early_stack": 1,
    "kernel_init;register_failure_stack": 2,
    "kernel_init;alloc": 8,
    "kernel_init;register_dummy_stack;create_dummy_stack": 4,
}


def profile_of(stacks: dict[str, int], *, pages: bool = True) -> StackProfile:
    builder = ProfileBuilder(ProfileInfo())
    for stack, weight in stacks.items():
        frames = [Frame(name, f"{name}+0x1/0x2") for name in stack.split(";")]
        builder.add(frames, weights={"pages": weight} if pages else None)
    return builder.build()


def test_each_handle_is_found_with_its_weight() -> None:
    found = special_records(profile_of(STACKS))
    assert [(each.handle.kind, each.rows.tolist(), each.records, each.pages) for each in found] == [
        ("dummy", [0, 4], 2, 8),
        ("failure", [2], 1, 2),
        ("early", [1], 1, 1),
    ]


def test_each_is_explained_with_its_numbers() -> None:
    dummy, failure, early = special_records(profile_of(STACKS))
    assert dummy.sentence.startswith("2 records (8 pages). ")
    assert "guard" in dummy.sentence
    assert "depot could not store" in failure.sentence
    assert "init_early_allocated_pages" in early.sentence
    assert early.sentence.startswith("1 record (1 page). ")


def test_pages_are_left_out_where_the_file_has_none() -> None:
    (dummy,) = special_records(profile_of({"register_dummy_stack": 1}, pages=False))
    assert dummy.pages is None
    assert dummy.sentence.startswith("1 record. ")


def test_none_is_found_where_none_is() -> None:
    assert special_records(profile_of({"a;b": 1})) == []
    assert special_records(profile_of({})) == []
