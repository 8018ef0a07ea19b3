"""Reading and keeping lessons."""

import errno
import resource
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LessonError
from core.lesson import loader
from core.lesson.loader import bundled, lesson_text, open_lesson, parse, save
from core.lesson.schema import Lesson, Play, Question, Step
from tests.core.lesson.samples import HEAD, lesson
from tests.examples import examples

ONE = HEAD + '\n[[steps]]\ntitle = "One"\n'


def _error(text: str) -> str:
    with pytest.raises(LessonError) as caught:
        parse(text, where="talk.toml")
    return str(caught.value)


def test_an_unknown_name_gets_the_nearest_one() -> None:
    with pytest.raises(LessonError, match="did you mean one-bit"):
        open_lesson("one-bits")


def test_a_folder_a_large_file_and_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="expected a file"):
        open_lesson(tmp_path)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LessonError, match="not UTF-8"):
        open_lesson(binary)
    large = tmp_path / "large.toml"
    with large.open("wb") as stream:
        stream.truncate(5 << 20)
    with pytest.raises(LessonError, match="at most"):
        open_lesson(large)
    with pytest.raises(LessonError, match="there is no lesson"):
        open_lesson("a\0b")


def test_what_is_no_lesson_is_told_with_its_line() -> None:
    assert _error("schema = ").startswith("talk.toml:1: not valid TOML")
    assert "add it as the first line" in _error('name = "x"')
    assert "newer than the 1" in _error("schema = 2")
    assert "does not exist" in _error("schema = 0")


def test_a_wrong_key_names_line_and_step() -> None:
    message = _error(ONE + 'colour = "red"\n')
    assert message.startswith("talk.toml:7: step 1: ")
    assert "colour" in message
    two = ONE + '\n[[steps]]\ntitle = "Two"\nspeed = 2\n'
    assert _error(two).startswith("talk.toml:10: step 2: ")
    assert "workspace" in _error(ONE + 'workspace = "kitchen"\n')
    assert "step 1" in _error(ONE + 'play = { end = "end", speed = nan }\n')
    assert "step 1" in _error(ONE + 'play = { end = "end", speed = 65 }\n')
    assert _error(HEAD + "steps = []\n").startswith("talk.toml:4: ")


def test_a_lesson_with_everything_comes_back_as_it_was(tmp_path: Path) -> None:
    full = Lesson(
        schema=1,
        name="full",
        title="All of it",
        about="Two\nlines and a \\ backslash, a \"quote\" and '''three'''.",
        minutes=7,
        steps=(
            Step(
                title="Run",
                text="**Bold**\n\n- one\n- two\n",
                scenario="wrong-word",
                settings={"word": "current", "n": 3, "on": True},
                guard="bit1",
                lanes=("none", "bit1:1:serialized"),
                position="first lost update",
                essential=False,
                zoom=("start", "end"),
                highlights=("bits", "frame:2"),
                play=Play(end="end", speed=2.5),
                questions=(Question(about="bit", ask="Which?", choices=0),),
            ),
            Step(title="Plain"),
        ),
    )
    place = tmp_path / "full.toml"
    save(place, full)
    assert open_lesson(place).lesson == full
    assert "notes" not in place.read_text("utf-8")


def test_the_previous_version_is_kept(tmp_path: Path) -> None:
    place = tmp_path / "talk.toml"
    save(place, lesson('text = "old"'))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["talk.toml"]
    save(place, lesson('text = "new"'))
    assert open_lesson(place).lesson.steps[0].text == "new"
    assert open_lesson(tmp_path / "talk.toml~").lesson.steps[0].text == "old"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["talk.toml", "talk.toml~"]


def test_a_full_disk_keeps_the_old_file_and_the_one_before(tmp_path: Path) -> None:
    place = tmp_path / "talk.toml"
    save(place, lesson('text = "oldest"'))
    save(place, lesson('text = "old"'))
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, limits[1]))
    try:
        with pytest.raises(LessonError, match=r"cannot write the lesson: .*nothing of what was"):
            save(place, lesson('text = "new"'))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_a_previous_version_that_cannot_be_kept_stops_the_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "talk.toml"
    save(place, lesson('text = "old"'))

    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(loader, "write_aside", full)
    with pytest.raises(LessonError, match="No space left on device"):
        save(place, lesson('text = "new"'))
    assert open_lesson(place).lesson.steps[0].text == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["talk.toml"]


@pytest.mark.parametrize("name", ["missing/talk.toml", "file/talk.toml", ".", "a\0b"])
def test_a_place_that_cannot_be_written_says_so(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("here", "utf-8")
    with pytest.raises(LessonError):
        save(tmp_path / name, lesson(""))
    assert (tmp_path / "file").read_text("utf-8") == "here"


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=60
)  # A carriage return is a part of a line's end in TOML, and those become newlines.


@given(TEXTS, TEXTS.filter(bool), st.dictionaries(TEXTS, st.booleans() | st.integers(0, 9) | TEXTS))
def test_any_text_comes_back_as_it_was(
    text: str, title: str, values: dict[str, bool | int | str]
) -> None:
    step = Step(title=title, text=text, notes=text, settings=values)
    full = Lesson(schema=1, name="x", title=title, about=text, steps=(step,))
    assert parse(lesson_text(full), where="x").lesson == full


def test_line_ends_become_newlines() -> None:
    full = Lesson(schema=1, name="x", title="X", steps=(Step(title="One", text="a\r\nb"),))
    assert parse(lesson_text(full), where="x").lesson.steps[0].text == "a\nb"


@examples(75)
@given(st.sampled_from(bundled()), st.data())
def test_damage_is_one_error_and_no_traceback(name: str, data: st.DataObject) -> None:
    text = open_lesson(name).text
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.integers(0, 40)))
    inserted = data.draw(
        st.text(max_size=8) | st.sampled_from(["[", "]]", '"""', "= 1", "\n[[", "{"])
    )
    try:
        found = parse(text[:start] + inserted + text[end:], where="damaged.toml")
    except LessonError as error:
        assert str(error).startswith("damaged.toml")
        assert "\n" not in str(error)
    else:
        assert isinstance(found.lesson, Lesson)
        msgspec.to_builtins(found.lesson)
