"""YAML as people write it: YAML 1.2's scalars, places, and refusals that name the place."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bn_study.config.problem import ConfigError, Problem
from bn_study.config.source import dump_yaml, parse_yaml, read_yaml


def plain(text: str) -> Any:
    return parse_yaml(text, "file.yaml").plain


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "file.yaml")
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001), ("1.0e3", 1000.0), (".5", 0.5), ("5.", 5.0), ("-1.5E+2", -150.0), ("1.e2", 100.0),
        ("010", 10), ("-007", -7), ("+3", 3), ("0x1F", 31), ("0o17", 15), ("0", 0), (".inf", math.inf),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"), ("y", "y"), ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("1:30", "1:30"), ("2020-02-25", "2020-02-25"), ("0x", "0x"), ("1e", "1e"), (".", "."), ("e3", "e3"),
        ("=", "="),
        ("'1e-3'", "1e-3"), ('"010"', "010"), ("'true'", "true"), ("''", ""), ("|-\n  1\n", "1"),
        (">-\n  null\n", "null"),
    ],
)  # fmt: skip
def test_a_scalar_is_what_yaml_1_2_says(text: str, value: Any) -> None:
    """The core schema, and text wherever it is quoted; 1 is not true, and 10 is not 10.0."""
    read = plain(f"key: {text}")["key"]
    assert (type(read), read) == (type(value), value)


def test_not_a_number_is_a_float() -> None:
    assert math.isnan(plain("key: .nan")["key"])


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["1e-3", "yes", "010", "null", "0x1F", ".5", "<<", "=", "-", "? ", ": ", " #", "a ", *"\n\x85\u2028", "!x", "*a"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
VALUES = st.recursive(SCALARS, lambda below: st.lists(below) | st.dictionaries(TEXTS, below), max_leaves=8)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_what_is_dumped_is_read_back(value: dict[str, Any]) -> None:
    """Types too (1 is not 1.0, '1' is not 1); lists come back as tuples."""
    assert repr(plain(dump_yaml(value))) == repr(_with_tuples(value))


def _with_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_tuples(part) for key, part in value.items()}
    return tuple(map(_with_tuples, value)) if isinstance(value, list) else value


@pytest.mark.parametrize("number", [1e-7, 1e-5, 1e22, 5e-324, 1.7976931348623157e308, -1e-300])
def test_a_float_without_a_point_is_dumped_as_a_number(number: float) -> None:
    """repr(1e-7) has no point, which YAML 1.1 takes for text: PyYAML would write `!!float '1e-07'`."""
    text = dump_yaml({"epsilon": number})
    assert "!" not in text
    assert "'" not in text
    assert plain(text) == {"epsilon": number}


def test_every_value_knows_its_place() -> None:
    """Lines and columns count from 1; a key's place is its own."""
    located = parse_yaml("a:\n  b: [1, two]\nc: x\n", "file.yaml")
    b = located.child("a") and located.child("a").child("b")  # type: ignore[union-attr]
    assert b is not None
    two = b.child(1)
    assert two is not None
    places = [str(mark) for mark in (b.place, b.mark, two.mark)]
    assert places == ["file.yaml:2:3", "file.yaml:2:6", "file.yaml:2:10"]


def test_a_duplicate_key_names_both_lines() -> None:
    [problem] = problems_of("a: 1\nb:\n  c: 1\n  d: 2\n  'c': 3\n")
    assert str(problem) == "file.yaml:5:3: b.c: the key stands already in line 3"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "3:3", "merge keys"),
        ("a: 1\nb: !python/object:os.system x\n", "2:4", "the tag !python/object:os.system"),
        ("a: !!str 3\n", "1:4", "the tag !!str"),
        ("a: !!int '3'\n", "1:4", "the tag !!int"),
        ("!note a: 1\n", "1:1", "the tag !note"),
        ("a: !!set {x, y}\n", "1:4", "the tag !!set"),
        ("? [a, b]\n: 1\n", "1:3", "a key must be plain text"),
        ("a: 1\n\tb: 2\n", "2:1", "is not YAML"),
        ("a:\n\t- 1\n", "2:1", "is not YAML"),
        ("a: [1, 2\nb: 3\n", "2:2", "is not YAML"),
        ("a: 1\n--- \nb: 2\n", "2:1", "is not YAML"),
        ("a: *nowhere\n", "1:4", "undefined alias"),
        ("a: 1\nb: x\0y\n", "2:5", "is not YAML"),
        ('a: "\\ud83d"\n', "1:4", "half a character"),
        ('a: 1\nb: "\\UFFFFFFFF"\n', "2:5", "no character"),
        ("", "1:1", "empty"),
        ("# nothing but a comment\n", "1:1", "empty"),
    ],
)
def test_what_is_refused_is_refused_at_its_place(text: str, place: str, message: str) -> None:
    [problem] = problems_of(text)
    assert str(problem).startswith(f"file.yaml:{place}: ")
    assert message in problem.message


def test_all_problems_of_the_text_are_told_at_once() -> None:
    problems = problems_of("a: !x 1\nb: 1\nb: 2\nc: {<<: 1}\n")
    assert [problem.mark.line for problem in problems] == [1, 3, 4]


def refusal(text: str) -> tuple[Problem, ...] | None:
    try:
        parse_yaml(text, "file.yaml")
    except ConfigError as error:
        return error.problems
    return None


PIECES = [*"ab01.:-?{}[],&*!|>'\"%@`# \n\t\\~<e\x00\x85\u2028", "a: ", "- ", "<<: ", "\\ud800", "\\UFFFFFFFF"]
FUZZ = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(FUZZ | st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but ConfigError is ever raised, and it always names a place."""
    problems = refusal(text)
    assert problems is None or (problems and all(p.mark.line > 0 and p.mark.column > 0 for p in problems))


def _billion_laughs() -> str:
    levels = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    return "\n".join(["a0: &a0 [ha, ha, ha, ha, ha]", *levels])


HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "billion laughs": (lambda path: path.write_text(_billion_laughs()), "10,000 values"),
    "an alias to itself": (lambda path: path.write_text("a: &a [*a]"), "40 levels"),
    "nested lists": (lambda path: path.write_text("a: " + "[" * 5_000), "too deeply"),
    "nested blocks": (lambda path: path.write_text("\n".join(" " * i + "a:" for i in range(1000))), "too deeply"),
    "41 levels": (lambda path: path.write_text("a: " + "[" * 41 + "]" * 41), "40 levels"),
    "2 MB": (lambda path: path.write_text("a: 1\n" * 400_000), "too large"),
    "binary": (lambda path: path.write_bytes(bytes(range(256)) * 10), "not UTF-8"),
    "UTF-16": (lambda path: path.write_text("a: 1", encoding="utf-16"), "not UTF-8"),
    "a list": (lambda path: path.write_text("- 1\n"), "a mapping"),
    "empty": (lambda path: path.write_text(""), "empty"),
    "tabs": (lambda path: path.write_text("a:\n\tb: 1\n"), "is not YAML"),
    "a folder": (lambda path: path.mkdir(), "cannot be read: it is a folder, not a file"),
    "missing": (lambda path: None, "cannot be read: No such file"),
    "an endless device": (lambda path: path.symlink_to("/dev/zero"), "it is a device, not a file"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_soon(tmp_path: Path, name: str) -> None:
    make, message = HOSTILE[name]
    path = tmp_path / "file.yaml"
    make(path)
    began = time.process_time()
    with pytest.raises(ConfigError) as caught:
        read_yaml(path)
    assert time.process_time() - began < 5.0
    [problem] = caught.value.problems
    assert str(problem).startswith(f"{path}:{problem.mark.line}:{problem.mark.column}: ")
    assert message in problem.message


def test_a_byte_order_mark_and_windows_line_ends_are_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  two\r\n  lines\r\n")
    located = read_yaml(path)
    assert located.plain == {"a": 1, "b": "two\nlines\n"}
    assert located.mark.column == 1


def test_a_change_below_a_scalar_stands_where_the_change_was_written() -> None:
    """`epochs.first: 1` over `epochs: 4`: the mapping that comes about belongs to the change."""
    base, change = parse_yaml("training: {epochs: 4}", "base.yaml"), parse_yaml("1", "arm.yaml")
    training = base.patched("training.epochs.first", change).child("training")
    epochs = training and training.child("epochs")
    assert epochs is not None
    assert (epochs.plain, epochs.mark.file) == ({"first": 1}, "arm.yaml")


def test_a_path_of_a_thousand_parts_is_refused() -> None:
    located = parse_yaml("a: 1", "file.yaml")
    with pytest.raises(ConfigError, match="at most 40 dots"):
        located.patched("a." * 1000 + "b", located)


@pytest.mark.parametrize(
    "text",
    [f"a: !{'x' * 100_000}", f"{'k' * 100_000}: 1\n" * 2, "a: 1\n\x1b[2J\u202e: 1", '"\\e[2J\\n": 1\n"\\e[2J\\n": 2'],
)
def test_a_problem_is_one_short_line_whatever_the_file_holds(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "study\x07.yaml")
    for line in str(caught.value).splitlines():
        assert line.startswith(r"study\x07.yaml:")
        assert line.isprintable()
        assert len(line) <= 1_000
