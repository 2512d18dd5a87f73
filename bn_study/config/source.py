"""YAML text → a tree of values that remember where they stand. The only door of yaml.

The scalars are those of YAML 1.2's core schema: `1e-3` is a number, `010` is ten, only true and false
are truth values, `yes` and `off` stay text. PyYAML's own resolver follows YAML 1.1 and reads them as
'1e-3', 8, True and False. Equal keys are an error, where PyYAML keeps the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from bn_study.config.problem import ConfigError, Position, Problem
from bn_study.datasets.regular_file import opened

Scalar: TypeAlias = bool | int | float | str | None

LARGEST_FILE = 1_000_000  # characters
LARGEST_TREE = 10_000  # values after aliases are followed: a bomb of nested aliases stops here
DEEPEST = 40
_TOO_MANY = f"more than {LARGEST_TREE:,} values (are aliases nested?)"

_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED_INTEGER = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")  # from escapes such as "\\ud83d": no file can hold it
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True)
class Located:
    """A YAML value with its place. Mappings map key → Located, sequences are tuples of Located."""

    value: Scalar | Mapping[str, Located] | tuple[Located, ...]
    mark: Position
    key_mark: Position | None = None

    @cached_property
    def plain(self) -> Any:
        """The value without its places: dict, tuple or scalar. Not to be changed: trees that share a part share it."""
        if isinstance(self.value, Mapping):
            return {key: child.plain for key, child in self.value.items()}
        if isinstance(self.value, tuple):
            return tuple(child.plain for child in self.value)
        return self.value

    @property
    def values_of_key(self) -> tuple[Located, ...]:
        """The entries of a sequence, each as a value of the sequence's key: what is wrong with the key stands there."""
        parts = self.value if isinstance(self.value, tuple) else ()
        return tuple(replace(part, key_mark=self.key_mark) for part in parts)

    @property
    def size(self) -> int:
        """Entries of a mapping or sequence; 0 for a scalar."""
        return len(self.value) if isinstance(self.value, (Mapping, tuple)) else 0

    @property
    def place(self) -> Position:
        """Where a reader looks for it: the key if it has one, else the value."""
        return self.key_mark or self.mark

    def child(self, key: str | int) -> Located | None:
        if isinstance(self.value, Mapping):
            return self.value.get(str(key))
        if isinstance(self.value, tuple) and isinstance(key, int) and key < len(self.value):
            return self.value[key]
        return None

    def below(self, path: str) -> Located | None:
        """The value at a dotted path below this one; None where there is no such."""
        here: Located | None = self
        for key in path.split("."):
            here = here.child(key) if here else None
        return here

    def patched(self, dotted_path: str, replacement: Located) -> Located:
        """A copy in which the value at `dotted_path` is `replacement`, place included. Raises ConfigError."""
        if dotted_path.count(".") > DEEPEST:
            raise ConfigError([Problem(replacement.place, "", f"a path has at most {DEEPEST} dots")])
        head, _, rest = dotted_path.partition(".")
        children = dict(self.value) if isinstance(self.value, Mapping) else {}
        if rest:
            below = children.get(head, Located({}, replacement.mark, replacement.key_mark))
            children[head] = below.patched(rest, replacement)
        else:
            children[head] = replacement
        if isinstance(self.value, Mapping):
            return Located(children, self.mark, self.key_mark)
        return Located(children, replacement.mark, replacement.key_mark)  # a mapping that the replacement made


def read_yaml(path: Path) -> Located:
    """Read one YAML mapping. Raises ConfigError naming the file, line and column."""
    start = Position(str(path), 1, 1)
    try:
        with TextIOWrapper(opened(path, 4 * LARGEST_FILE), encoding="utf-8-sig") as file:
            text = file.read()
    except OSError as error:
        raise ConfigError([Problem(start, "", f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([Problem(start, "", "is not UTF-8 text")]) from error
    if len(text) > LARGEST_FILE:
        raise ConfigError([Problem(start, "", f"is too large: more than {LARGEST_FILE:,} characters")])
    located = parse_yaml(text, str(path))
    if not isinstance(located.value, Mapping):
        raise ConfigError([Problem(located.mark, "", "a mapping of `key: value` lines is expected")])
    return located


def parse_yaml(text: str, file: str) -> Located:
    """Parse YAML text; `file` is the name shown in errors. Raises ConfigError."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except _TooLarge as error:
        raise ConfigError([Problem(Position(file, *error.args), "", _TOO_MANY)]) from error
    except yaml.MarkedYAMLError as error:
        raise ConfigError([_syntax_problem(error, file)]) from error
    except yaml.YAMLError as error:
        place = Position(file, *_line_and_column(text, getattr(error, "position", 0)))
        raise ConfigError([Problem(place, "", f"is not YAML: {getattr(error, 'reason', error)}")]) from error
    except RecursionError as error:
        raise ConfigError([Problem(Position(file, 1, 1), "", "is nested too deeply")]) from error
    except (ValueError, OverflowError) as error:  # chr() of an escape such as "\UFFFFFFFF"
        raise ConfigError([Problem(_first_large_escape(text, file), "", "the escape is no character")]) from error
    if node is None:
        raise ConfigError([Problem(Position(file, 1, 1), "", "the file is empty")])
    return _Builder(file).build(node)


def parse_scalar(text: str) -> Scalar:
    """A plain scalar by YAML 1.2's core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) < 400:
        return int(text)
    if _BASED_INTEGER.fullmatch(text) and len(text) < 400:
        return int(text, 0)
    if _FLOAT.fullmatch(text) or _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", "", 1) if _NOT_FINITE.fullmatch(text) else text)
    return text


def dump_yaml(value: Mapping[str, Any]) -> str:
    """YAML that `parse_yaml` reads back to the same value, keys in the given order."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _TooLarge(Exception):
    """Line and column of the first value that is too many."""


class _Loader(yaml.SafeLoader):
    """Resolves nothing: the tag of a node is '' unless the file writes one. Stops at the first value too many."""

    values = 0

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        return ""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.values += index is not None  # keys have none
        if self.values > LARGEST_TREE:
            place = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise _TooLarge(place.line + 1, place.column + 1)
        return super().compose_node(parent, index)


class _Builder:
    """Composed nodes → Located, every problem collected before one error is raised."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.size = 0

    def build(self, node: yaml.Node) -> Located:
        located = self._located(node, "", 0, None)
        if self.problems:
            raise ConfigError(self.problems)
        return located

    def _mark(self, node: yaml.Node) -> Position:
        return Position(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def _located(self, node: yaml.Node, path: str, depth: int, key_mark: Position | None) -> Located:
        mark = self._mark(node)
        self.size += 1
        if self.size > LARGEST_TREE or depth > DEEPEST:
            message = f"more than {DEEPEST} levels (are aliases nested?)" if depth > DEEPEST else _TOO_MANY
            raise ConfigError([*self.problems, Problem(mark, path, message)])
        self._refuse_oddities(node, mark, path)
        if isinstance(node, yaml.MappingNode):
            return Located(dict(self._items(node, path, depth)), mark, key_mark)
        if isinstance(node, yaml.SequenceNode):
            parts = (self._located(n, f"{path}[{i}]", depth + 1, None) for i, n in enumerate(node.value))
            return Located(tuple(parts), mark, key_mark)
        assert isinstance(node, yaml.ScalarNode)
        quoted = node.style is not None  # quoted or block text is text whatever it looks like
        return Located(node.value if quoted else parse_scalar(node.value), mark, key_mark)

    def _refuse_oddities(self, node: yaml.Node, mark: Position, path: str) -> None:
        if node.tag:
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            self.problems.append(Problem(mark, path, f"the tag {tag} is not used here"))
        if isinstance(node, yaml.ScalarNode) and _HALF_A_CHARACTER.search(node.value):
            message = "holds half a character (an escape such as \\ud83d): write the character itself"
            self.problems.append(Problem(mark, path, message))

    def _items(self, node: yaml.MappingNode, path: str, depth: int) -> Iterator[tuple[str, Located]]:
        seen: dict[str, Position] = {}
        for key_node, value_node in node.value:
            mark = self._mark(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem(mark, path, "a key must be plain text"))
                continue
            key = key_node.value
            below = f"{path}.{key}" if path else key
            self._refuse_oddities(key_node, mark, path)
            if key == "<<" and key_node.style is None:
                self.problems.append(Problem(mark, below, "merge keys are not used here: write the fields out"))
            elif key in seen:
                self.problems.append(Problem(mark, below, f"the key stands already in line {seen[key].line}"))
            else:
                seen[key] = mark
                yield key, self._located(value_node, below, depth + 1, mark)


class _Dumper(yaml.SafeDumper):
    """Quotes every text that our scalars, or YAML 1.1's, would read as something else; short lists on one line."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    plain = parse_scalar(text) == text and text.isprintable()  # PyYAML folds line breaks of U+0085 away
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


def _represent_sequence(dumper: yaml.SafeDumper, parts: list[Any] | tuple[Any, ...]) -> yaml.Node:
    flow = all(not isinstance(part, (dict, list, tuple)) for part in parts)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", parts, flow_style=flow)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_sequence)
_Dumper.add_representer(tuple, _represent_sequence)


def _syntax_problem(error: yaml.MarkedYAMLError, file: str) -> Problem:
    place = error.problem_mark or error.context_mark
    mark = Position(file, place.line + 1, place.column + 1) if place else Position(file, 1, 1)
    context = f" ({error.context})" if error.context else ""
    return Problem(mark, "", f"is not YAML: {error.problem}{context}{_way_out(str(error.problem))}")


def _way_out(problem: str) -> str:
    """What PyYAML's words for two common slips mean."""
    if r"'\t'" in problem:
        return ": a tab; indent with spaces"
    if "<block end>" in problem:
        return ": the line is indented otherwise than those that it stands among"
    return ""


def _first_large_escape(text: str, file: str) -> Position:
    found = re.search(r"\\U(?!0000|0010|000[0-9a-fA-F])[0-9a-fA-F]{8}", text)
    return Position(file, *_line_and_column(text, found.start() if found else 0))


def _line_and_column(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
