"""kmalloc and kfree: per-cpu freelists, partial slabs, and the way to the page allocator.

Order of steps: mm/slub.c. The page allocator is reached only when the cpu's freelist, its partial
slabs and the node's partial slabs are all empty; the new slab is not installed before new_slab
returns, so a kmalloc nested in that allocation is in the same position.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import gfp as gfp_masks
from core.kernel.pages import Page
from core.kernel.slab_cache import Cache, Slab, size_classes
from core.trace.events import SITE_BITS, Kind
from core.trace.routine import Path

if TYPE_CHECKING:
    from core.kernel.machine import Machine

CPU_PARTIAL_SLABS = 4
"""Slabs a cpu keeps on its partial list before they go to the node (set_cpu_partial)."""


class SlabAllocator:
    """kmalloc and kfree."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.page_bytes = machine.profile.page_bytes
        classes = size_classes(self.page_bytes, machine.profile.kmalloc_min_bytes)
        self.caches = [Cache(size, self.page_bytes) for size in classes]
        self._cache_of: dict[int, Cache] = {}
        self.always_empty = machine.config.slab_always_empty
        self.requests = 0
        self._kmalloc = machine.path("kmalloc")
        self._kmalloc_entry = Path(self._kmalloc.routines[:1])
        self._large = machine.path("kmalloc_large")
        self._refill = machine.path("slab_refill")
        self._new_slab = machine.path("new_slab")
        self._kfree_entry, *free_object = machine.path("kfree").routines
        self._kfree = Path(free_object or [self._kfree_entry])
        self._kfree_object = Path(free_object)
        self._slab_free = machine.path("slab_free")
        self._discard = machine.path("discard_slab")
        self._sites: dict[str, int] = {}
        self.touches = machine.cpus.shared()
        self._irqs_off_in_refill = machine.profile.slab_irqs_off
        self._slabs = 0
        for cache in self.caches:
            self._start_with_objects(cache, machine.config.free_objects)

    def _start_with_objects(self, cache: Cache, free_objects: int) -> None:
        if not free_objects or self.always_empty:
            return
        cache.current = Slab(cache, None, min(free_objects, cache.objects))
        cache.current.on_list = "cpu"
        left = free_objects - cache.objects
        while left > 0:
            self._to_partial(Slab(cache, None, min(left, cache.objects)))
            left -= cache.objects

    def cache_for(self, size_bytes: int) -> Cache:
        """Return the cache that serves a size."""
        cache = self._cache_of.get(size_bytes)
        if cache is None:
            cache = next(c for c in self.caches if c.object_bytes >= size_bytes)
            self._cache_of[size_bytes] = cache
        return cache

    # -- kmalloc --------------------------------------------------------------------------

    def kmalloc(self, size_bytes: int, gfp: int) -> Slab | Page | None:
        """Return an object, or None where the allocation fails or the size is 0."""
        machine = self._machine
        if size_bytes > 2 * self.page_bytes:
            return self._kmalloc_large(size_bytes, gfp)
        if not size_bytes:
            self._kmalloc_nothing()
            return None
        machine.call_path(self._kmalloc)
        slab = self._take_object(self.cache_for(size_bytes), gfp)
        machine.ret_path(self._kmalloc)
        return slab

    def _kmalloc_nothing(self) -> None:
        self._machine.call_path(self._kmalloc_entry)
        self._note(
            "zero",
            "kmalloc of 0 bytes gives ZERO_SIZE_PTR: nothing is allocated.",
            path=self._kmalloc_entry,
        )
        self._machine.ret_path(self._kmalloc_entry)

    def _take_object(self, cache: Cache, gfp: int) -> Slab | None:
        self.requests += 1
        if self._machine.fails("kmalloc", self.requests, "kmalloc", self.touches):
            self._note("fail", "This kmalloc was chosen to fail.", kind=Kind.ALLOCATION_FAILED)
            return None
        slab = cache.current
        if slab is None or not slab.free_objects or self.always_empty:
            slab = self._slow_path(cache, gfp)
            if self._machine.asks:
                self._machine.learn(-2 if slab is None else slab.number << 1)
            return slab
        if self._machine.asks:
            self._machine.learn(slab.number << 1 | 1)
        free = slab.free_objects = slab.free_objects - 1
        code = cache.taken_code or self._declare_taken(cache)
        self._machine.append(code | free << SITE_BITS)
        return slab

    def _declare_taken(self, cache: Cache) -> int:
        code = cache.taken_code = self._site(
            "freelist",
            f"The cpu's freelist of {cache.name} has an object: no page is needed.",
            kind=Kind.OBJECT_TAKEN,
            cache=cache.name,
        )
        return code

    def _slow_path(self, cache: Cache, gfp: int) -> Slab | None:
        machine = self._machine
        machine.call_path(self._refill)
        if self._irqs_off_in_refill:
            machine.irqs_off(self._refill.routines[-1])
        source, slab = ("new", None) if self.always_empty else self._partial_slab(cache)
        if slab is None:
            slab = self._get_new_slab(cache, gfp)
        if slab is not None:
            replaced = self._install(cache, slab)
            slab.free_objects -= 1
            code = cache.installed_codes.get((source, replaced))
            if code is None:
                code = self._declare_installed(cache, source, replaced)
            machine.append(code | slab.free_objects << SITE_BITS)
        if self._irqs_off_in_refill:
            machine.irqs_on(self._refill.routines[-1])
        machine.ret_path(self._refill)
        return slab

    def _partial_slab(self, cache: Cache) -> tuple[str, Slab | None]:
        """Return a partial slab, taken off its list, and whose list that was: cpu or node."""
        for partial, owner in ((cache.cpu_partial, "cpu"), (cache.node_partial, "node")):
            if partial:
                slab = partial.pop()
                self._note(
                    f"{owner}_partial",
                    f"A partial slab of the {owner} serves {cache.name}: no page is needed.",
                    path=self._refill,
                )
                return owner, slab
        return "new", None

    def _declare_installed(self, cache: Cache, source: str, replaced: str) -> int:
        code = cache.installed_codes[source, replaced] = self._site(
            "install",
            f"A slab of {cache.name} becomes the cpu's own; one object of it is taken.",
            kind=Kind.OBJECT_TAKEN,
            path=self._refill,
            cache=cache.name,
            source=source,
            replaced=replaced,
        )
        return code

    def _get_new_slab(self, cache: Cache, gfp: int) -> Slab | None:
        machine = self._machine
        self._note(
            "empty",
            f"{cache.name} has no free object left: a new slab page is needed.",
            path=self._refill,
        )
        machine.call_path(self._new_slab)
        # Linux before 5.15, allocate_slab: interrupts are on meanwhile where the caller may sleep.
        opens = self._irqs_off_in_refill and bool(gfp & gfp_masks.DIRECT_RECLAIM)
        if opens:
            machine.irqs_on(self._new_slab.routines[-1])
        compound = gfp_masks.COMP if cache.order else 0
        mask = gfp_masks.slab_mask(gfp, above_minimum=cache.order > cache.min_order)
        page = machine.alloc_pages(cache.order, mask | compound)
        if page is None:
            # The second try is at the smallest order and with the caller's own mask.
            compound = gfp_masks.COMP if cache.min_order else 0
            page = machine.alloc_pages(cache.min_order, gfp | compound)
        if opens:
            machine.irqs_off(self._new_slab.routines[-1])
        machine.ret_path(self._new_slab)
        if page is None:
            return None
        self._slabs += 1
        whole = (self.page_bytes << page.order) // cache.object_bytes
        return Slab(cache, page, whole, self._slabs)

    def _install(self, cache: Cache, slab: Slab) -> str:
        """Make a slab the cpu's own; what it replaces keeps its free objects on a list.

        Returns:
            The list that the replaced slab went to, cpu or node; empty where it went to none.
        """
        old = cache.current
        went_to = ""
        if old is not None:
            old.on_list = ""
            if old.free_objects:
                went_to = self._to_partial(old)
        cache.current = slab
        slab.on_list = "cpu"
        return went_to

    def _to_partial(self, slab: Slab) -> str:
        cache = slab.cache
        slab.on_list = "partial"
        if len(cache.cpu_partial) < CPU_PARTIAL_SLABS:
            cache.cpu_partial.append(slab)
            return "cpu"
        cache.node_partial.append(slab)
        return "node"

    def _kmalloc_large(self, size_bytes: int, gfp: int) -> Page | None:
        machine = self._machine
        order = ((size_bytes - 1) // self.page_bytes).bit_length()
        machine.call_path(self._large)
        self._note(
            "large",
            f"{size_bytes} bytes are more than two pages: straight to the page allocator.",
            path=self._large,
        )
        page: Page | None = machine.alloc_pages(order, gfp | gfp_masks.COMP)
        machine.ret_path(self._large)
        return page

    # -- kfree ----------------------------------------------------------------------------

    def kfree(self, thing: Slab | Page | None) -> None:
        """Give an object back; a page only where its slab became empty and is not kept."""
        machine = self._machine
        machine.call(self._kfree_entry)
        if isinstance(thing, Page):
            machine.free_pages(thing)
        elif thing is not None:
            machine.call_path(self._kfree_object)
            self._free_object(thing)
            machine.ret_path(self._kfree_object)
        machine.ret(self._kfree_entry)

    def _free_object(self, slab: Slab) -> None:
        cache, machine = slab.cache, self._machine
        if machine.asks:
            machine.cpus.point("free", self.touches)
            machine.learn(slab is cache.current)
        if slab is cache.current:
            free = slab.free_objects = slab.free_objects + 1
            machine.append((cache.freed_code or self._declare_freed(cache)) | free << SITE_BITS)
            return
        machine.call_path(self._slab_free)
        discarded = self._into_its_slab(slab)
        if discarded is not None:
            machine.call_path(self._discard)
            machine.free_pages(discarded)
            machine.ret_path(self._discard)
        machine.ret_path(self._slab_free)

    def _declare_freed(self, cache: Cache) -> int:
        code = cache.freed_code = self._site(
            "freelist",
            f"The object goes back on the cpu's freelist of {cache.name}.",
            kind=Kind.OBJECT_FREED,
            path=self._kfree,
            cache=cache.name,
        )
        return code

    def _into_its_slab(self, slab: Slab) -> Page | None:
        """Free an object of a slab that is not the cpu's own; returns the page it gives up."""
        cache = slab.cache
        slab.free_objects += 1
        joined = "" if slab.on_list == "partial" else self._to_partial(slab)
        discarded = slab.page if self._is_surplus(slab) else None
        if discarded is not None:
            cache.node_partial.remove(slab)
        lost = 0 if discarded is None else slab.free_objects
        code = cache.returned_codes.get((joined, lost))
        if code is None:
            code = self._declare_returned(cache, joined, lost)
        free = cache.current.free_objects if cache.current is not None else 0
        self._machine.append(code | free << SITE_BITS)
        return discarded

    def _declare_returned(self, cache: Cache, joined: str, lost: int) -> int:
        code = cache.returned_codes[joined, lost] = self._site(
            "slow",
            f"The object goes back into its slab of {cache.name}.",
            kind=Kind.OBJECT_FREED,
            path=self._slab_free,
            cache=cache.name,
            joined=joined,
            discarded=str(lost or ""),
        )
        return code

    def _is_surplus(self, slab: Slab) -> bool:
        """Whether an empty slab goes back to the page allocator: __slab_free, slab_empty."""
        cache = slab.cache
        if slab.page is None:
            return False
        whole = (self.page_bytes << slab.page.order) // cache.object_bytes
        return (
            slab.free_objects == whole
            and len(cache.node_partial) >= cache.min_partial
            and slab in cache.node_partial
        )

    # -- for exploring --------------------------------------------------------------------

    def remember_start(self) -> None:
        """Keep the state before the first event, to start from it again."""
        for cache in self.caches:
            cache.remember_start()

    def start_again(self) -> None:
        """Be as before the first event."""
        self.requests = self._slabs = 0
        for cache in self._asked():
            cache.start_again()

    def _asked(self) -> set[Cache]:
        """Return the caches that anybody has asked, in this run or one before."""
        return set(self._cache_of.values())

    def fingerprint(self) -> tuple[int, ...]:
        """Return what the caches hold that are not as they were at the start.

        Which caches have been asked in earlier runs must not matter, nor in which order.
        """
        digest = 0
        for cache in self._asked():
            now = cache.state()
            if now != cache.state_at_start:
                digest ^= hash((cache.object_bytes, *now))
        return (digest,)

    def _note(
        self, label: str, text: str, *, kind: Kind = Kind.STEPPED, path: Path | None = None
    ) -> None:
        code = self._sites.get(text)
        if code is None:
            code = self._sites[text] = self._site(label, text, kind=kind, path=path)
        self._machine.append(code)

    def _site(
        self,
        label: str,
        text: str,
        *,
        kind: Kind = Kind.STEPPED,
        path: Path | None = None,
        **facts: str,
    ) -> int:
        """Return the code of an event; facts that are empty are left out."""
        routine = (path or self._kmalloc).routines[-1]
        given = {name: value for name, value in facts.items() if value}
        return self._machine.site(kind, routine, label, text, cost_ns=4, **given)
