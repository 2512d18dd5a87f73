"""`bn-study explain`: what a field means, what it may hold, and which kinds have it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from bn_study.cli.terminal import Terminal, fail

if TYPE_CHECKING:
    from bn_study.config.explain import Explanation


def explain(
    path: Annotated[
        str | None, typer.Argument(metavar="PATH", help="a field, model.norm.momentum; all are named without")
    ] = None,
) -> None:
    """Say what a field of a run or of a study means: its type, range and default, and which kinds have it."""
    from bn_study.config.explain import explained_paths, explanations, nearest

    terminal = Terminal()
    if path is None:
        for known in explained_paths():
            terminal.say(known)
        return
    found = explanations(path)
    if not found:
        near = nearest(path)
        meant = f"did you mean {' or '.join(near)}?" if near else "`bn-study explain` names all"
        fail(f"{path}: no run and no study has this field; {meant}", 2)
    terminal.say(path, "bold")
    for number, one in enumerate(found):
        terminal.say("\n".join((*[""] * (number > 0), *_lines(one))))


def _lines(one: Explanation) -> Iterator[str]:
    yield from (f"  {line}".rstrip() for line in one.meaning.splitlines())
    yield f"  type: {one.type}"
    yield "  must be given" if one.default is None else f"  default: {one.default}"
    if one.given:
        yield f"  only where {one.given}"
    for name, what in one.kinds:
        yield f"  kind {name}: {what}"
