"""The door to the terminal: texts as they are, nothing in them that steers it, whatever prints them."""

from __future__ import annotations

import ast
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.table import Table
from rich.text import Text
from study_files import STUDY, changed, written

import bn_study as package
from bn_study.cli.terminal import Terminal

Call = Callable[..., Any]
#: Rich's markup, an emoji of rich's, what rich highlights; sequences that clear the screen and set the title.
WRITTEN = "[bold]BN[/b] [[node model/dense/MatMul]] [/job:localhost/device:CPU:0] :smile: 3.5 'a' http://x.y"
STEERING = "\x1b[2J\x1b]0;title\x07\x9b31m\u202eabc\r"
SHOWN = r"\x1b[2J\x1b]0;title\x07\x9b31m\u202eabc\r"


def printed(what: Any) -> str:
    console, file = Terminal(), io.StringIO()
    console.file, console.width = file, 200
    console.print(what)
    return file.getvalue()


def table_of(text: Any) -> Table:
    table = Table(title=text, caption=text)
    table.add_column(text)
    table.add_row(text)
    return table


def test_text_is_shown_as_it_is() -> None:
    assert printed(WRITTEN) == f"{WRITTEN}\n"
    assert printed(table_of(WRITTEN)).count(WRITTEN) == 4


def test_text_cannot_steer_the_terminal() -> None:
    """As a string, in a table, as rich's Text (which drops a bell and a return by itself)."""
    assert printed(STEERING) == f"{SHOWN}\n"
    assert printed(table_of(STEERING)).count(SHOWN) == 4
    for said in (printed(Text(STEERING)), printed(table_of(Text(STEERING)))):
        assert all(character.isprintable() or character == "\n" for character in said)
        assert r"\x1b[2J" in said


def test_a_long_line_is_not_broken_and_lines_stay_lines() -> None:
    console = Terminal()
    console.file, console.width = file, _ = io.StringIO(), 40
    console.say("a" * 100 + "/b c\nnext")
    assert file.getvalue() == "a" * 100 + "/b c\nnext\n"


def sources() -> dict[str, ast.Module]:
    root = Path(package.__file__).parent
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*.py")}
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in found.items()}


def test_nothing_prints_past_the_door() -> None:
    """Read from the source: no print, no other console, no markup. Workers print into a pipe or a log."""
    doors = {"print", "Console", "rich.print", "typer.echo", "typer.secho", "sys.stdout.write", "sys.stderr.write"}
    past = set()
    for name, tree in sources().items():
        for node in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            called = ast.unparse(node.func)
            interpreting = {"markup", "emoji", "highlight"} & {keyword.arg for keyword in node.keywords}
            if called in doors or called.endswith("from_markup") or interpreting:
                past.add(f"{name}: {called}")
    children = {"execution/worker.py: print", "training/describe.py: print"}
    assert past - children == {"cli/terminal.py: print", "cli/terminal.py: super().__init__"}
    assert children <= past


@pytest.mark.parametrize("verb", ["check", "plan", "status", "report", "list", "run"])
def test_what_a_study_says_of_itself_reaches_the_terminal_escaped(
    verb: str, tmp_path: Path, done: Path, bn_study: Call
) -> None:
    """Title, question and claim of a YAML; its path; also when it is wrong."""
    text = json.dumps(WRITTEN + STEERING)  # YAML reads JSON's escapes
    study = changed(STUDY, "title: a title", f"title: {text}")
    study = changed(changed(study, "question: a question?", f"question: {text}"), "says: it is faster", f"says: {text}")
    written(tmp_path, study)
    folder = tmp_path / "[b]\x1b[2J"
    folder.mkdir()
    words = {
        "list": [tmp_path],
        "check": [tmp_path / "study.yaml"],
        "report": [tmp_path / "study.yaml", "-p", "smoke", "--results", tmp_path / "results", "--format", "html"],
    }
    said = bn_study(verb, *words.get(verb, [tmp_path / "study.yaml", "-p", "smoke", "--results", tmp_path / "results"]))
    assert said.code == 0, said
    assert all(character.isprintable() or character == "\n" for character in said.out + said.err)
    if verb not in ("check", "run"):
        assert "[/job:localhost/device:CPU:0] :smile:" in " ".join(said.out.split())
    wrong = written(folder, changed(STUDY, "title: a title", f"{text}: 1"))
    said = bn_study(verb, *([folder] if verb == "list" else [wrong]))
    assert all(character.isprintable() or character == "\n" for character in said.out + said.err)
    assert r"[b]\x1b[2J" in said.out + said.err
