"""Films, read by others than who wrote them."""

from __future__ import annotations

import io
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication

from core.errors import OwnerscopeError, RenderError
from core.saving import opened_aside
from gui.render import make as making
from gui.render.ending import ended_politely, let_end, unbroken
from gui.render.film import MOST_FRAMES, MOST_PLACES, Reel, reel, thinned
from gui.render.make import make
from tests.gui.render.stands import SMALL, job

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PART: dict[str, Any] = {"start": "10", "end": "20", "speed": 3.0, "fps": 10}


@pytest.fixture
def heard() -> Iterator[None]:
    """Signals as a terminal has them, whoever runs the tests."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def frames_of(path: Path) -> list[tuple[bytes, int]]:
    """Return a GIF's or WebP's frames, each with how long it lasts in ms."""
    found = []
    with Image.open(path) as image:
        for at in range(getattr(image, "n_frames", 1)):
            image.seek(at)
            pixels = image.convert("RGB").tobytes()
            found.append((pixels, int(image.info.get("duration", 0))))
        assert image.size == SMALL
    return found


# -- which moments --------------------------------------------------------------------------------


@given(
    lasting=st.lists(st.floats(0.01, 3), min_size=1, max_size=60),
    fps=st.integers(1, 60),
    speed=st.none() | st.floats(0.5, 100),
)
def test_a_film_begins_and_ends_where_it_should_and_never_goes_back(
    lasting: list[float], fps: int, speed: float | None
) -> None:
    places = np.arange(len(lasting)) + 5
    film = reel(places, np.array(lasting), fps=fps, speed=speed)
    assert (np.diff(film.moments) >= 0).all()
    assert film.moments[-1] == places[-1]
    assert len(film) == 1 or film.moments[0] == places[0]
    assert sum(count for _, count in film.stills()) == len(film)
    assert speed is not None or len(film) <= MOST_FRAMES


def test_without_a_speed_a_short_run_is_played_as_usual_and_a_long_one_in_300_frames() -> None:
    short = reel(np.arange(4), np.full(4, 0.5), fps=10, speed=None)
    assert short.stills() == [(0, 5), (1, 5), (2, 5), (3, 5)]
    assert len(reel(np.arange(9000), np.full(9000, 0.5), fps=10, speed=None)) == MOST_FRAMES
    assert len(reel(np.arange(4), np.full(4, 0.5), fps=10, speed=2.0)) == 10


def test_a_long_run_is_thinned_and_keeps_its_ends_and_its_length() -> None:
    places, each = thinned(np.arange(-1, 1_000_003))
    assert len(places) <= MOST_PLACES
    assert (places[0], places[-1]) == (-1, 1_000_002)
    assert len(places) * each == pytest.approx(1_000_004, rel=1e-4)
    assert thinned(np.arange(5))[1] == 1


def test_a_run_that_repeats_itself_does_not_stand_still() -> None:
    film = reel(np.arange(30_000), np.full(30_000, 0.5), fps=10, speed=None)
    assert len(set((film.moments % 100).tolist())) > 50


def test_too_many_frames_are_refused() -> None:
    with pytest.raises(RenderError, match=r"40,000 frames.*higher speed"):
        reel(np.arange(4), np.full(4, 1000.0), fps=10, speed=1.0)


# -- files ----------------------------------------------------------------------------------------


def test_a_gif_has_every_moment_for_its_time(tmp_path: Path, qapp: QApplication) -> None:
    out = tmp_path / "a.gif"
    told: list[tuple[int, int]] = []
    make(job(out, **PART), lambda done, number: told.append((done, number)))
    frames = frames_of(out)
    assert len({pixels for pixels, _ in frames}) > 5
    number = told[-1][1]
    assert sum(duration for _, duration in frames) == pytest.approx(number * 100, abs=20)
    assert told[0] == (0, number)
    assert told[-1] == (number, number)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_gif_shows_what_was_drawn(tmp_path: Path, qapp: QApplication) -> None:
    """Frame by frame, although only what has changed is written, with few colours."""
    film, still = tmp_path / "a.gif", tmp_path / "a.png"
    make(job(film, **PART))
    make(job(still, at="20"))
    with Image.open(still) as image:
        drawn = np.asarray(image.convert("RGB")).astype(int)
    last = np.frombuffer(frames_of(film)[-1][0], np.uint8).reshape(drawn.shape).astype(int)
    assert np.abs(last - drawn).mean() < 1.5


@pytest.mark.parametrize("view", ["timeline", "tree", "compare"])
def test_every_view_that_moves_can_be_a_film(view: str, tmp_path: Path, qapp: QApplication) -> None:
    out = tmp_path / "a.gif"
    make(job(out, view=view, **PART))
    assert len(frames_of(out)) > 1


def test_a_webp_has_the_frames_and_their_time(tmp_path: Path, qapp: QApplication) -> None:
    out = tmp_path / "a.webp"
    make(job(out, **PART))
    frames = frames_of(out)
    assert len({pixels for pixels, _ in frames}) > 5


def test_an_mp4_has_the_frames_and_the_duration(tmp_path: Path, qapp: QApplication) -> None:
    out = tmp_path / "a.mp4"
    told: list[int] = []
    make(job(out, **PART), lambda _done, number: told.append(number))
    with av.open(str(out)) as film:
        shown = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        assert film.duration is not None
        seconds = film.duration / av.time_base
    assert len(shown) == told[-1]
    assert seconds == pytest.approx(len(shown) / 10, abs=0.01)
    assert shown[0].shape == (SMALL[1], SMALL[0], 3)
    assert np.abs(shown[0].astype(int) - shown[-1]).mean() > 1


def test_one_moment_of_a_gif_or_webp_is_a_picture(tmp_path: Path, qapp: QApplication) -> None:
    for name in ("a.gif", "a.webp"):
        make(job(tmp_path / name, at="first short-circuit"))
        assert len(frames_of(tmp_path / name)) == 1


# -- what goes wrong ------------------------------------------------------------------------------


class Full:
    """A file on a full disk."""

    def __init__(self, stream: BinaryIO, room: int) -> None:
        self._stream, self._room = stream, room

    def write(self, data: bytes) -> int:
        self._room -= len(data)
        if self._room < 0:
            raise OSError(28, "No space left on device")
        return self._stream.write(data)

    def fileno(self) -> int:
        raise io.UnsupportedOperation("fileno")

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


@pytest.mark.parametrize("end", ["png", "svg", "pdf", "gif", "webp", "mp4"])
def test_a_full_disk_leaves_the_old_file_and_says_so(
    end: str, tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    import contextlib

    from core.saving import opened_aside

    @contextlib.contextmanager
    def full(path: Path) -> Iterator[BinaryIO]:
        with opened_aside(path) as stream:
            yield Full(stream, 500)  # type: ignore[misc]

    monkeypatch.setattr(making, "opened_aside", full)
    out = tmp_path / f"a.{end}"
    out.write_bytes(b"old")
    part: dict[str, Any] = PART if end in ("gif", "webp", "mp4") else {}
    with pytest.raises(RenderError, match=r"cannot be written: No space left on device"):
        make(job(out, **part))
    assert out.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [out]


def test_ctrl_c_leaves_no_half_file(tmp_path: Path, qapp: QApplication) -> None:
    def interrupt(done: int, _number: int) -> None:
        if done > 3:
            raise KeyboardInterrupt

    for end in ("gif", "webp", "mp4"):
        with pytest.raises(KeyboardInterrupt):
            make(job(tmp_path / f"a.{end}", **PART), interrupt)
        assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("heard", "qapp")
@pytest.mark.parametrize("number", SIGNALS)
def test_no_signal_comes_in_between_while_a_frame_is_painted(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In a painter Qt loses an exception, or dies of it: the frame is drawn first.
    from gui.render.slide import Slide

    painted: list[bool] = []
    paint = Slide.paintEvent

    def signalled(self: Slide, event: QPaintEvent) -> None:
        if not painted:
            signal.raise_signal(number)
        paint(self, event)
        painted.append(True)

    monkeypatch.setattr(Slide, "paintEvent", signalled)
    with pytest.raises((KeyboardInterrupt, SystemExit)), ended_politely():
        make(job(tmp_path / "a.webp", **PART))
    assert len(painted) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("heard")
def test_who_presses_ctrl_c_again_waits_for_nothing() -> None:
    with pytest.raises(KeyboardInterrupt), ended_politely(), unbroken():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("it waited")
    with ended_politely(), unbroken():
        let_end()  # what was wanted before is forgotten


@pytest.mark.usefixtures("heard")
def test_what_hears_no_hang_up_goes_on() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with ended_politely():
        signal.raise_signal(signal.SIGHUP)


def test_a_missing_library_is_named_before_anything_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    with pytest.raises(RenderError, match=r"PyAV.*ownerscope\[film\]"):
        make(job(tmp_path / "a.mp4"))


def test_a_film_that_ends_before_it_begins_is_refused(tmp_path: Path, qapp: QApplication) -> None:
    with pytest.raises(OwnerscopeError, match="begin at event 50 and end before it, at 20"):
        make(job(tmp_path / "a.gif", start="50", end="20"))
    with pytest.raises(OwnerscopeError, match="does not move"):
        make(job(tmp_path / "a.gif", view="layout"))


def test_stills_are_runs_of_the_same_moment() -> None:
    assert Reel(np.array([1, 1, 2, 5, 5, 5]), 10).stills() == [(1, 2), (2, 1), (5, 3)]


@pytest.mark.parametrize("option", ["from", "to"])
def test_the_end_that_does_not_exist_is_named(
    option: str, tmp_path: Path, qapp: QApplication
) -> None:
    field = {"from": "start", "to": "end"}[option]
    with pytest.raises(OwnerscopeError, match=f"^--{option}: there is no position '999'"):
        make(job(tmp_path / "a.gif", **{field: "999"}))


@pytest.mark.usefixtures("heard")
def test_who_is_told_to_end_leaves_nothing_half_written(tmp_path: Path) -> None:
    out = tmp_path / "a.gif"
    out.write_bytes(b"old")
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as ended, ended_politely(), opened_aside(out) as stream:
        stream.write(b"new")
        signal.raise_signal(signal.SIGTERM)
    assert ended.value.code == 128 + signal.SIGTERM
    assert out.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [out]
    assert signal.getsignal(signal.SIGTERM) == before
