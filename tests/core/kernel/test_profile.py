"""Profiles: every version on every architecture hangs together."""

from __future__ import annotations

import pytest

from core.errors import ProfileError
from core.kernel.profile import arches, kernels, load_profile, turned_on

PAIRS = [(kernel, arch) for kernel in kernels() for arch in arches(kernel)]


def test_there_are_three_versions_oldest_first() -> None:
    assert kernels() == ("5.12", "6.1", "6.12")
    assert len(PAIRS) == 8


@pytest.mark.parametrize(("kernel", "arch"), PAIRS)
def test_every_path_has_its_functions(kernel: str, arch: str) -> None:
    profile = load_profile(kernel, arch)
    for name in profile.paths:
        assert [f.name for f in profile.path(name)] == list(profile.paths[name])
    assert all(f.stack_bytes > 0 and f.source for f in profile.functions.values())


@pytest.mark.parametrize(
    ("function", "x86_64", "arm64"),
    # gcc 12 -fstack-usage, 6.1.192 defconfig with CONFIG_PAGE_OWNER.
    [("kmalloc_trace", 48, 16), ("__kmem_cache_alloc_node", 56, 112), ("___slab_alloc", 184, 224),
     ("alloc_pages", 40, 48), ("__alloc_pages", 96, 336), ("get_page_from_freelist", 192, 224),
     ("__set_page_owner", 72, 112), ("__reset_page_owner", 32, 48), ("save_stack", 168, 176),
     ("stack_trace_save", 40, 48), ("arch_stack_walk", 176, 192), ("stack_depot_save", 8, 16),
     ("__stack_depot_save", 104, 144), ("kfree", 16, 16), ("__kmem_cache_free", 40, 64),
     ("__slab_free", 144, 192), ("discard_slab", 8, 16), ("__free_slab", 56, 80),
     ("__free_pages", 32, 48), ("free_unref_page", 64, 80), ("free_pcp_prepare", 72, 96)],
)  # fmt: skip
def test_measured_frames(function: str, x86_64: int, arm64: int) -> None:
    for arch, stack_bytes in (("x86_64", x86_64), ("arm64", arm64)):
        measured = load_profile("6.1", arch).functions[function]
        assert measured.stack_bytes == stack_bytes
        assert not measured.inferred


def test_what_is_inlined_on_one_architecture_takes_no_frame_there() -> None:
    x86_64, arm64 = (load_profile("6.1", arch).functions for arch in ("x86_64", "arm64"))
    assert "__slab_alloc" not in x86_64
    assert arm64["__slab_alloc"].stack_bytes == 32
    assert x86_64["unwind_next_frame"].stack_bytes == 64
    assert "unwind_next_frame" not in arm64


def test_sizes_that_were_not_measured_say_so() -> None:
    assert load_profile("6.1", "x86_64").notes == ()
    for kernel, arch in PAIRS:
        if kernel != "6.1" or arch == "ia64":
            profile = load_profile(kernel, arch)
            assert profile.notes
            assert profile.functions["save_stack"].inferred


def test_the_experiments_kernel_was_built_without_numa() -> None:
    profile = load_profile("6.1", "x86_64", experiment=True)
    level = ["__alloc_pages", "get_page_from_freelist", "__set_page_owner", "save_stack",
             "allocating_unwind"]  # fmt: skip
    assert sum(profile.functions[name].stack_bytes for name in level) == 536
    assert profile.paths["alloc_pages"] == ()


@pytest.mark.parametrize(
    ("kernel", "arch", "sentence"),
    [
        ("6.12", "ia64", "ia64 was removed from the kernel in 6.7"),
        ("6.1", "m68k", "has no profile of m68k"),
        ("6.2", "x86_64", "did you mean 6.12|did you mean 6.1"),
    ],
)
def test_what_never_was_is_refused(kernel: str, arch: str, sentence: str) -> None:
    with pytest.raises(ProfileError, match=sentence):
        load_profile(kernel, arch)


def test_thread_sizes() -> None:
    sizes = {(k, a): load_profile(k, a).thread_bytes for k, a in PAIRS}
    assert {size for (_, arch), size in sizes.items() if arch != "ia64"} == {16384}
    assert sizes["6.1", "ia64"] == 32768


@pytest.mark.parametrize(
    ("kernel", "parameter", "on", "warns"),
    [
        ("5.12", "on", True, False),
        ("5.12", "1", False, True),
        ("5.12", "off", False, False),
        ("6.1", "1", True, False),
        ("6.1", "y", True, False),
        ("6.1", "off", False, False),
        ("6.1", "Yes", True, False),
        ("6.1", "no", False, False),
        ("6.1", "true", True, False),
        ("6.1", "oN", True, False),
        ("6.1", "oops", False, True),
        ("6.12", "maybe", False, True),
        ("6.12", "", False, True),
    ],
)
def test_the_boot_parameter(kernel: str, parameter: str, on: bool, warns: bool) -> None:
    is_on, warning = turned_on(load_profile(kernel, "x86_64"), parameter)
    assert is_on == on
    assert bool(warning) == warns
