"""Which part of the kernel a stack allocated memory for, inferred from the functions on it.

The page allocator does not know whom it works for, but some functions on the way to it do. The
table below is read from its top: the first row that knows any function of a stack names it. So
what a page *becomes* (a page table, a slab, a stack of a task) stands above what asked for it, and
what is most general stands last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from core.recording.profile import Dimension, Ints, StackTable

INFERRED = "A stack's subsystem is inferred from the names of its functions."

OTHER = "other"
MODULE = "module "
"""Begins the subsystem of stacks that only a module explains: ``module nvme``."""

_BEFORE_MODULES = (
    ("page_owner", r"register_(dummy|failure)_stack|(__)?stack_depot_\w+|depot_\w+|save_stack"),
    ("early boot", r"register_early_stack|init_early_allocated_pages|init_pages_in_zone|"
                   r"memblock_\w+|mem_init"),
    ("page tables", r"(__)?(p[gum4]d|pte|pmd|pud|p4d)_alloc\w*|pte_alloc_one\w*|pgd_alloc|"
                    r"vmemmap_\w+populate\w*|spp_getpage|alloc_low_pages|tlb_remove_table\w*|"
                    r"__tlb_remove_\w+|tlb_next_batch|_*change_page_attr\w*|split_large_page"),
    ("slab", r"_*slab_alloc\w*|new_slab|allocate_slab|cache_grow\w*|cache_alloc_refill|"
             r"_*kmalloc\w*|kmem_cache_\w+|kmem_getpages|_*kmalloc_large\w*"),
    ("per-cpu", r"pcpu_\w+|alloc_percpu\w*|__alloc_percpu\w*"),
    ("tracing", r"_*rb_allocate_\w+|ring_buffer_\w+|trac(e|ing)_\w*alloc\w*|register_ftrace_\w+|"
                r"ftrace_\w+|perf_(mmap|event|buffer)\w*|rb_alloc\w*|bpf_ringbuf\w*"),
    ("BPF", r"(__)?bpf_\w+|btf_\w+"),
    ("kernel stacks", r"alloc_thread_stack\w*|dup_task_struct|copy_process"),
    ("modules", r"(load|layout_and_allocate|init)_module\w*|module_(alloc|memory_alloc)\w*|"
                r"move_module|execmem_\w+"),
    ("hugetlb", r"hugetlb_\w+|alloc_(buddy|fresh|surplus)_hug\w+|\w*_hugetlb_\w+"),
    ("shared memory", r"shmem_\w+"),
    ("swap", r"zswap_\w+|zs_malloc|zsmalloc_\w+|zram_\w+|swapin_\w+|read_swap_cache_\w+|"
             r"__read_swap_cache_\w+|do_swap_page|swap_cluster_readahead"),
    ("network", r"_*(alloc|netdev|napi)_\w*skb\w*|skb_\w+|sk_page_frag_\w+|sock_\w+|_*sys_sendto|"
                r"page_pool_\w+|page_frag_\w+|tcp_\w+|udp_\w+|inet_\w+|netlink_\w+|unix_\w+|"
                r"napi_\w+|net_rx_\w+|netif_\w+|_*dev_(queue|hard|direct)_xmit\w*"),
    ("page cache", r"_*filemap_\w+|_*page_cache_\w+|pagecache_get_page|add_to_page_cache\w*|"
                   r"grab_cache_page\w*|read_cache_\w+|do_read_cache_\w+|grow_dev_\w+|_*getblk\w*|"
                   r"_*b(read|write_begin)\w*|mpage_\w+|do_(page_cache|sync_mmap)_ra\w*|"
                   r"ondemand_readahead|force_page_cache_\w+|iomap_\w+"),
    ("file data", r"(anon_)?pipe_(write|read)|splice_\w+|fuse_\w+|generic_file_\w+"),
    ("anonymous memory", r"do_anonymous_page|wp_page_copy|do_cow_\w+|alloc_anon_\w+|vma_alloc_\w+|"
                         r"do_huge_pmd_\w+|do_wp_page|collapse_\w+|khugepaged\w*|migrate_\w+|"
                         r"copy_(present_page|page_range)|alloc_zeroed_user_\w+|mfill_\w+|"
                         r"(__)?handle_mm_fault|faultin_\w+|ksm_\w+"),
    ("block", r"(__)?blk_\w+|bio_\w+|bioset_\w+|mempool_\w+|sg_(alloc|pool)_\w+|nvme_\w+|scsi_\w+|"
              r"sd_\w+|virtblk_\w+|loop_\w+|dm_\w+|md_\w+|submit_bio\w*|add_disk\w*"),
    ("DMA", r"_*dma_\w+|iommu_\w+|swiotlb_\w+|vring_\w+|vp_\w*setup_vq\w*"),
    ("graphics", r"drm_\w+|ttm_\w+|fb_\w+|i915_\w+|amdgpu_\w+"),
    ("virtualisation", r"kvm_\w+|vmx_\w+|svm_\w+|vhost_\w+|virtballoon\w*|balloon_\w+"),
    ("file system", r"ext[234]_\w+|xfs_\w+|btrfs_\w+|f2fs_\w+|nfs\d?_\w+|ovl_\w+|jbd2_\w+|"
                    r"squashfs_\w+|cifs_\w+|isofs_\w+|v?fat_\w+|z_?erofs_\w+"),
)  # fmt: skip
_AFTER_MODULES = (
    ("vmalloc", r"_*vmalloc\w*|_*vmap\w*|kvmalloc\w*|(vm_area|__vm_area)_alloc\w*"),
    ("programs", r"\w*execve\w*|load_elf_\w+|copy_strings\w*|setup_arg_pages|bprm_\w+|"
                 r"getname\w*|do_exit|do_fork\w*|_*do_sys_clone"),
    ("pseudo files", r"seq_\w+|proc_\w+|sysfs_\w+|kernfs_\w+|debugfs_\w+|tracefs_\w+|configfs_\w+|"
                     r"simple_\w+|sys_mount|_*get_free_pages_\w+|securityfs_\w+"),
    ("drivers", r"device_add\w*|driver_\w+|really_probe|bus_\w+|pci_\w+|acpi_\w+|tty_\w+|usb_\w+|"
                r"virtio_\w+|i2c_\w+|input_\w+|serial\w+|uart_\w+|\w+_probe|pnp_\w+|crypto_\w+"),
    ("files", r"vfs_\w+|_*ksys_\w+|path_\w+|do_filp_open|do_sys_open\w*|iterate_dir|"
              r"poll_\w+|do_select|do_sys_poll|core_sys_select|ep_\w+|inotify_\w+|io_uring\w*|io_\w+"),
    ("RCU", r"fill_page_cache_func|k[v]?free_rcu\w*|rcu_\w+"),
    ("kernel start", r"kernel_init\w*|start_kernel|do_one_initcall|do_initcalls|\w+_initcall\w*|"
                     r"do_populate_rootfs|rest_init|x86_64_start_\w+"),
)  # fmt: skip
_TABLE = (*_BEFORE_MODULES, (MODULE, "(?!)"), *_AFTER_MODULES)
_MODULE_ROW = len(_BEFORE_MODULES)
NAMES = (*(name for name, _ in _TABLE if name != MODULE), OTHER)
"""Every subsystem there is a row for, in the order they are looked for."""


def subsystems(stacks: StackTable) -> Dimension:
    """Return the subsystem of each stack, shape (stacks,).

    Args:
        stacks: Stacks of functions of a kernel.
    """
    names, of_frame = stacks.names
    rows = np.array([_row(name) for name in names] or [0], np.int32)[of_frame]
    rows = np.minimum(rows, _of_modules([frame.module for frame in stacks.frames]))
    first = _lowest(rows[stacks.ids], stacks)
    values = [*(name for name, _ in _TABLE), OTHER]
    codes = first.copy()
    for stack in np.flatnonzero(first == _MODULE_ROW).tolist():
        module = next(frame.module for frame in reversed(stacks.frames_of(stack)) if frame.module)
        name = MODULE + module
        if name not in values:
            values.append(name)
        codes[stack] = values.index(name)
    return Dimension(codes, tuple(values))


def subsystem_of(functions: Sequence[str], module: str = "") -> str:
    """Return the subsystem of one stack.

    Args:
        functions: Names of its functions.
        module: The module one of them lies in, if any does.
    """
    row = min((_row(name) for name in functions), default=len(_TABLE))
    row = min(row, _MODULE_ROW) if module else row
    if row == _MODULE_ROW:
        return MODULE + module
    return _TABLE[row][0] if row < len(_TABLE) else OTHER


def _row(name: str) -> int:
    """Return the first row that knows a function, the end of the table where none does."""
    plain = name.partition(".")[0]  # .part.0, .constprop.0: what the compiler made of it
    rows = _rows()
    return next((row for row, known in enumerate(rows) if known.fullmatch(plain)), len(rows))


@cache
def _rows() -> tuple[re.Pattern[str], ...]:
    """Return the table's rows to match, made when first asked for: that takes its time."""
    return tuple(re.compile(names) for _, names in _TABLE)


def _of_modules(modules: list[str]) -> Ints:
    rows: Ints = np.array([_MODULE_ROW if module else len(_TABLE) for module in modules], np.int32)
    return rows


def _lowest(rows: Ints, stacks: StackTable) -> Ints:
    """Return the lowest of each stack's rows."""
    lowest: Ints = np.full(len(stacks), len(_TABLE), np.int32)
    np.minimum.at(lowest, np.repeat(np.arange(len(stacks)), stacks.depths), rows)
    return lowest
