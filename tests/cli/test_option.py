"""Paths on the command line are read as a shell reads them, wherever they stand; none names a folder `~`."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import typer

from bn_study.cli.app import app
from bn_study.cli.option import written_out

Call = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("OUT", "an out")
    monkeypatch.delenv("UNSET", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_home_and_variables_are_written_out(home: Path) -> None:
    assert written_out("~") == home
    assert written_out("~/out") == home / "out"
    assert written_out(f"~{getpass.getuser()}/out") == Path(f"~{getpass.getuser()}/out").expanduser()
    assert written_out("$HOME/${OUT}/x") == home / "an out" / "x"
    assert written_out("./~/x~") == Path("./~/x~")
    (home / "a$UNSET").touch()
    assert written_out("a$UNSET") == Path("a$UNSET")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "the path is empty"),
        ("$UNSET/out", r"\$UNSET/out: the variable \$UNSET is not set"),
        ("a/${UNSET}", r"the variable \$\{UNSET\} is not set"),
        ("~nobody-of-that-name/out", "this home folder is not known here"),
    ],
)
def test_what_stands_for_nothing_is_refused(path: str, message: str, home: Path) -> None:
    with pytest.raises(typer.BadParameter, match=message):
        written_out(path)


def test_every_path_of_every_command_goes_through_this_door() -> None:
    """Read from the signatures of the commands: whatever is a Path, and nothing that may be one by its name."""
    paths = 0
    for command in app.registered_commands:
        assert command.callback is not None
        for name, hint in get_type_hints(command.callback, include_extras=True).items():
            if "Path" in str(get_args(hint)[:1]):
                paths += 1
                assert get_args(hint)[1].parser is written_out, (command.callback, name)
            else:
                assert name not in ("study", "results", "experiments", "folder", "data_dir")
    assert paths == 23


def test_results_below_home_are_written_there(done: Path, home: Path, bn_study: Call) -> None:
    said = bn_study("report", "~/study.yaml", "-p", "smoke", "--results=~/results", "--format", "html")
    assert said.code == 0
    assert (home / "results" / "study" / "smoke" / "report.html").is_file()
    assert not (home / "~").exists()


def test_results_that_cannot_be_a_folder_are_named_with_what_lies_there(done: Path, bn_study: Call) -> None:
    link, file = done / "link", done / "file"
    link.symlink_to("/gone/away")
    file.touch()
    for results, message in (
        (link, f"{link}: is a link to /gone/away, which is not there; make it, or remove the link\n"),
        (file, f"{file}: is a file where a folder is needed; remove it, or choose another folder\n"),
        (file / "below", f"{file}: is a file where a folder is needed; remove it, or choose another folder\n"),
    ):
        said = bn_study("run", done / "study.yaml", "--results", results)
        assert (said.code, said.out, said.err) == (1, "", message)
