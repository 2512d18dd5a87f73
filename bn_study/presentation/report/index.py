"""The index over all studies, README.md and index.html: questions, their answers, and every claim with its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup, escape

from bn_study.config.atlas import Atlas
from bn_study.presentation.atlas import AtlasEntry, Chapter, ClaimRow
from bn_study.presentation.drawing.image_files import draw_figures
from bn_study.presentation.drawing.page_svg import legend, panel_svgs
from bn_study.presentation.report.earlier import pictures_in, remove
from bn_study.presentation.report.html import environment
from bn_study.presentation.slides.overview import atlas_bytes
from bn_study.presentation.words.text_table import TextTable, escaped
from bn_study.presentation.words.verdict import how_judged
from bn_study.presentation.words.without_links import LINK
from bn_study.store.atomic import write_atomically

_MADE_AGAIN = (
    "Each folder holds findings.json, the tables, its README.md and pictures. The page, the slides, and figures as SVG "
    "and PDF are made from these: `bn-study report STUDY --profile PROFILE` draws everything anew, without a run. "
    "`bn-study report --all` writes this page."
)
PICTURES = "atlas"
_ALT = "Effects with intervals."


def write_index(atlas: Atlas, chapters: Sequence[Chapter], entries: Sequence[AtlasEntry], results: Path) -> list[Path]:
    """Write README.md, index.html, atlas.pptx and atlas/*.png into the folder of all results. Raises OSError.

    Pictures that the earlier README.md shows, and this one does not, are removed.
    """
    before = pictures_in(results / "README.md", _ALT, PICTURES)
    forests = [list(chapter.forests()) for chapter in chapters]
    pictures = draw_figures([figure for own in forests for figure in own], results / PICTURES, ("png",))
    drawn = [
        [{"title": one.caption[0], "svg": Markup(svg), "legend": legend(one, one.name)}
         for one in own for svg in panel_svgs(one, one.name)]
        for own in forests
    ]  # fmt: skip
    page = environment().get_template("index.html").render(
        atlas=atlas, chapters=list(zip(chapters, drawn, strict=True)), entries=entries, linked=linked,
        how_judged=_how_judged(chapters),
    )  # fmt: skip
    remove(before - {one.name for own in forests for one in own}, results / PICTURES)
    names = [[f"{PICTURES}/{one.name}.png" for one in own] for own in forests]
    written = {
        "README.md": index_text(atlas, chapters, entries, names).encode(),
        "index.html": page.encode(),
        "atlas.pptx": atlas_bytes(atlas, chapters),
    }
    return [*(write_atomically(results / name, content) for name, content in written.items()), *pictures]


def index_text(
    atlas: Atlas, chapters: Sequence[Chapter], entries: Sequence[AtlasEntry], pictures: Sequence[Sequence[str]]
) -> str:
    """README.md: the answers, then for each question its forest plots and claims, then the studies."""
    answers = [
        f"- **{escaped(one.question.question)}** {one.question.answer or 'Not answered yet.'} ({one.tally})"
        for one in chapters
    ]
    parts = [f"# {escaped(atlas.title)}", atlas.about.strip(), "\n".join(answers)]
    for chapter, drawn in zip(chapters, pictures, strict=True):
        title = escaped(chapter.question.question)
        images = "\n".join(f"![{title} {_ALT}]({picture})" for picture in drawn)
        parts += [f"## {title}", images, claims_text(chapter.rows).markdown()]
    studies = [
        f"- [{escaped(entry.findings.study.title)}]({entry.link}README.md)"
        f"{f' ({escaped(entry.findings.study.profile)})' * bool(entry.findings.study.profile)}: {escaped(entry.said)}"
        for entry in entries
    ]
    parts += ["## Studies", "\n".join(studies), _how_judged(chapters), _MADE_AGAIN]
    return "\n\n".join(filter(None, parts)) + "\n"


def _how_judged(chapters: Sequence[Chapter]) -> str:
    """Each rule by which a claim here was judged, once."""
    judged = [row.judged.verdict for chapter in chapters for row in chapter.rows if row.judged]
    return " ".join(dict.fromkeys(how_judged([verdict]) for verdict in judged))


def claims_text(rows: Sequence[ClaimRow]) -> TextTable:
    """One row a claim and profile; the numbers are those of the forest plots."""
    header = ("", "claim", "source", "verdict", "effect (95 % interval)", "n", "tested", "study", "conditions")
    return TextTable(header, tuple(map(_row, rows)), names=len(header))


def _row(row: ClaimRow) -> tuple[str, ...]:
    effect, n = (row.judged.effect, str(row.judged.verdict.n)) if row.judged else ("", "")
    return (
        str(row.number), row.claim.says, row.source, row.verdict, effect, n, row.tested, row.study, row.conditions
    )  # fmt: skip


def linked(text: str) -> Markup:
    """Markdown's links as HTML's; all else is text."""
    return Markup(LINK.sub(r'<a href="\2">\1</a>', str(escape(text))))
