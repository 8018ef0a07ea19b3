"""Whom a stack allocated for."""

from __future__ import annotations

import pytest

from core.recording.profile import Frame, ProfileBuilder, ProfileInfo
from core.recording.questions.subsystem import NAMES, subsystem_of, subsystems

STACKS = (
    ("kernel_init;init_page_owner;register_dummy_stack", "page_owner"),
    ("kernel_init;init_page_owner;register_early_stack", "early boot"),
    ("do_user_addr_fault;handle_mm_fault;__pte_alloc;pte_alloc_one", "page tables"),
    ("do_syscall_64;handle_mm_fault;do_anonymous_page;__folio_alloc", "anonymous memory"),
    ("do_user_addr_fault;handle_mm_fault;__do_fault;filemap_fault", "page cache"),
    ("vfs_write;ext2_write_begin;__filemap_get_folio;__folio_alloc", "page cache"),
    ("vfs_write;shmem_write_begin;shmem_get_folio_gfp.constprop.0", "shared memory"),
    ("vfs_open;alloc_inode;kmem_cache_alloc_lru;___slab_alloc;allocate_slab", "slab"),
    ("kernel_clone;copy_process;__vmalloc_node_range;__alloc_pages", "kernel stacks"),
    ("kernel_clone;copy_process;kmem_cache_alloc_node;new_slab", "slab"),
    ("tty_open;n_tty_open;__vmalloc_node;__vmalloc_node_range", "vmalloc"),
    ("vfs_write;ring_buffer_resize;__rb_allocate_pages", "tracing"),
    ("do_softirq;net_rx_action;napi_poll;page_pool_alloc_pages", "network"),
    ("worker_thread;blk_mq_alloc_rq_map;__alloc_pages", "block"),
    ("something;nobody;knows", "other"),
    ("", "other"),
)


@pytest.mark.parametrize(("stack", "subsystem"), STACKS)
def test_a_stack_has_the_subsystem_its_functions_tell(stack: str, subsystem: str) -> None:
    assert subsystem_of(stack.split(";") if stack else []) == subsystem
    assert subsystem in NAMES


def test_a_module_names_itself_where_nothing_more_certain_does() -> None:
    assert subsystem_of(["do_one_initcall", "foo_probe"], "foo") == "module foo"
    assert subsystem_of(["foo_probe", "allocate_slab"], "foo") == "slab"


def test_many_stacks_have_what_each_alone_has() -> None:
    builder = ProfileBuilder(ProfileInfo("test"))
    for stack, _ in STACKS:
        builder.add([Frame(name, name) for name in stack.split(";")] if stack else [])
    for module in ("nvme", "foo", "nvme"):
        builder.add([Frame("start", "start"), Frame("x", f"x {len(builder)}", module)])
    found = subsystems(builder.build().stacks)
    expected = [name for _, name in STACKS] + ["module nvme", "module foo", "module nvme"]
    assert [found.values[code] for code in found.codes.tolist()] == expected
