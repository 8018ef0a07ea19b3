"""What a function of a real kernel belongs to, where its name alone is certain."""

from __future__ import annotations

from core.trace.events import Function

_BY_NAME = {
    "page_owner": ("save_stack", "add_stack_record_to_list"),
    "unwinder": (
        "arch_stack_walk", "arch_stack_walk_reliable", "stack_trace_save", "save_stack_trace",
        "stack_trace_consume_entry", "stack_access_ok", "get_stack_info", "orc_find", "__orc_find",
        "unw_unwind", "unw_init_running", "ia64_do_save_stack", "find_save_locs", "build_script",
        "desc_prologue", "walk_stackframe", "allocating_unwind",
    ),
    "allocator": (
        "get_page_from_freelist", "prep_new_page", "post_alloc_hook", "rmqueue", "rmqueue_bulk",
        "free_unref_page", "free_unref_page_list", "free_unref_page_commit", "free_unref_folios",
        "free_pcp_prepare", "free_unref_page_prepare", "free_pcppages_bulk", "free_one_page",
        "__free_one_page", "__get_free_pages", "get_zeroed_page",
    ),
    "slab": (
        "kfree", "__slab_alloc", "___slab_alloc", "__slab_free", "new_slab", "allocate_slab",
        "discard_slab", "__free_slab",
    ),
}  # fmt: skip
_BY_START = {
    "unwinder": ("unwind_", "__unwind_"),
    "depot": ("stack_depot_", "__stack_depot_", "depot_"),
    "allocator": ("__alloc_pages", "alloc_pages", "__free_pages", "free_pages", "__rmqueue"),
    "slab": ("kmalloc", "__kmalloc", "___kmalloc", "kmem_cache_", "__kmem_cache_"),
}
_ESSENTIAL = {
    "__set_page_owner": "__set_page_owner",
    "save_stack": "save_stack",
    "arch_stack_walk": "unwind",
    "unw_unwind": "unwind",
    "allocating_unwind": "unwind",
    "build_script": "build_script",
}
_CERTAIN = {name: subsystem for subsystem, names in _BY_NAME.items() for name in names}
_KMALLOC = ("kmalloc", "__kmalloc", "___kmalloc", "kmem_cache_alloc_trace")


def recorded_function(name: str) -> Function:
    """Return a function of a recording; its frame's size is not known.

    Args:
        name: The kernel's identifier, as the file has it. What the compiler added to a part of a
            function (``.part.0``, ``.isra.0``) stays in the name and does not matter here.
    """
    plain = name.partition(".")[0]
    essential = _ESSENTIAL.get(plain, "")
    if not essential and plain.startswith(_KMALLOC):
        essential = "kmalloc"
    return Function(name, _subsystem(plain), 0, essential, inferred=True)


def _subsystem(plain: str) -> str:
    certain = _CERTAIN.get(plain)
    if certain:
        return certain
    if plain.endswith("_page_owner"):
        return "page_owner"
    starts = (each for each, begin in _BY_START.items() if plain.startswith(begin))
    return next(starts, "caller")
