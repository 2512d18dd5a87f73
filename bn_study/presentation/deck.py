"""deck.pptx: title, verdicts, one slide a figure with charts that can be edited, methods. From the findings alone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Inches, Pt

from bn_study.presentation.chart import Chart
from bn_study.presentation.findings import Findings, JudgedClaim
from bn_study.presentation.native_panel import add_panel, add_picture, is_picture
from bn_study.presentation.published_text import score_text

_WIDTH, _HEIGHT, _EDGE = Inches(13.333), Inches(7.5), Inches(0.6)
_BLANK = 6
_CLAIMS_A_SLIDE, _PANELS_A_SLIDE = 4, 2
_COLORS = {"supported": "0A6B3C", "contradicted": "B3261E", "undecided": "7A5200"}
_INK, _QUIET = "222222", "5F6368"
_MOST_IDS = 40


def deck_bytes(findings: Findings) -> bytes:
    """The file's content. Slides are 16:9; notes carry the ids of the runs that a slide rests on."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = _WIDTH, _HEIGHT
    _title(deck, findings)
    _verdicts(deck, findings)
    for chart in findings.figures:
        _figure(deck, chart)
    _methods(deck, findings)
    content = io.BytesIO()
    deck.save(content)
    return content.getvalue()


def _title(deck: Any, findings: Findings) -> None:
    slide = _slide(deck, "")
    study = findings.study
    frame = _frame(slide, 1.9, 4.6)
    _say(frame, study.title, 40, bold=True, first=True)
    _say(frame, study.question, 26)
    _say(frame, f"Source: {study.source}", 18, _QUIET)
    _note(slide, [f"{findings.study.command}"], [run.run_id for run in findings.runs])


def _verdicts(deck: Any, findings: Findings) -> None:
    claims = findings.claims
    for first in range(0, max(1, len(claims)), _CLAIMS_A_SLIDE):
        shown = claims[first : first + _CLAIMS_A_SLIDE]
        slide = _slide(deck, f"Verdicts: {findings.tally}" if len(claims) != 0 else findings.tally)
        frame = _frame(slide, 1.35, 5.8)
        for place, claim in enumerate(shown):
            _claim(frame, claim, place == 0)
        ids = [run_id for claim in shown for run_id in claim.verdict.run_ids]
        _note(slide, [f"{claim.verdict.claim.id}: {claim.tested}" for claim in shown], ids)


def _claim(frame: Any, claim: JudgedClaim, first: bool) -> None:
    verdict = claim.verdict
    paragraph = _say(frame, verdict.outcome.capitalize(), 20, _COLORS[verdict.outcome], bold=True, first=first)
    said = paragraph.add_run()
    said.text = f"   “{verdict.claim.says}”"
    said.font.size, said.font.color.rgb = Pt(20), RGBColor.from_string(_INK)
    paragraph.space_before = Pt(0 if first else 14)
    _say(frame, claim.sentence, 16)


def _figure(deck: Any, chart: Chart) -> None:
    """Two panels a slide, so that they can be read from the back of a room."""
    if is_picture(chart):
        slide = _slide(deck, chart.title)
        box = (int(_EDGE), int(Inches(1.4)), int(_WIDTH - 2 * _EDGE), int(Inches(5.1)))
        add_picture(slide.shapes, box, chart)
        _say(_frame(slide, 6.55, 0.8), " ".join(chart.caption), 12, _QUIET, first=True)
        _note(slide, [chart.title], chart.run_ids)
        return
    for first in range(0, len(chart.panels), _PANELS_A_SLIDE):
        panels = chart.panels[first : first + _PANELS_A_SLIDE]
        slide = _slide(deck, chart.title)
        width = int((_WIDTH - 2 * _EDGE) / len(panels))
        for place, panel in enumerate(panels):
            box = (int(_EDGE + place * width), int(Inches(1.3)), width, int(Inches(5.2)))
            _panel(slide, chart, panel, box)
        _say(_frame(slide, 6.55, 0.8), " ".join(chart.caption), 12, _QUIET, first=True)
        _note(slide, [chart.title], chart.run_ids)


def _panel(slide: Any, chart: Chart, panel: Any, box: tuple[int, int, int, int]) -> None:
    if not add_panel(slide.shapes, box, chart, panel):
        text = slide.shapes.add_textbox(*box).text_frame
        _say(text, f"{panel.title} {panel.empty}".strip(), 20, _QUIET, first=True)


def _methods(deck: Any, findings: Findings) -> None:
    slide, study, counts = _slide(deck, "Methods"), findings.study, findings.counts
    frame = _frame(slide, 1.35, 5.8)
    states = ", ".join(f"{counts[state]} {state}" for state in ("finished", "diverged", "failed", "missing"))
    lines = [
        f"Arms: {', '.join(study.arms)}. Seeds: {', '.join(map(str, study.seeds))}.",
        f"Runs planned: {counts['planned']}; {states}.",
        study.notes,
        *(f"Data: {data.provenance}; {data.train_images} training and {data.validation_images} validation images."
          for data in findings.data),
        "Differences are paired by seed, with 95 % Student t intervals; p is adjusted by Holm over the claims.",
        score_text(findings.score),
        "; ".join(f"{name}: {', '.join(values)}" for name, values in findings.environment.items()
                  if name in ("commit", "backend", "precision", "device", "threads", "processor", "versions")),
        findings.warning,
        study.command,
    ]  # fmt: skip
    for place, line in enumerate(filter(None, lines)):
        _say(frame, line, 16, first=place == 0).space_after = Pt(10)
    _note(slide, [f"From {findings.started} to {findings.ended}."], [run.run_id for run in findings.runs])


def _slide(deck: Any, title: str) -> Any:
    slide = deck.slides.add_slide(deck.slide_layouts[_BLANK])
    if title:
        _say(_frame(slide, 0.35, 0.9), title, 28, bold=True, first=True)
    return slide


def _frame(slide: Any, top: float, height: float) -> Any:
    box = slide.shapes.add_textbox(_EDGE, Inches(top), _WIDTH - 2 * _EDGE, Inches(height))
    box.text_frame.word_wrap = True
    return box.text_frame


def _say(frame: Any, text: str, size: int, color: str = _INK, *, bold: bool = False, first: bool = False) -> Any:
    paragraph = frame.paragraphs[0] if first else frame.add_paragraph()
    run = paragraph.add_run()
    run.text = "".join(letter for letter in text if letter.isprintable())  # XML holds no control characters
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.rgb = RGBColor.from_string(color)
    paragraph.space_after = Pt(4)
    return paragraph


def _note(slide: Any, lines: Sequence[str], run_ids: Sequence[str]) -> None:
    ids = list(dict.fromkeys(run_ids))
    rest = f" and {len(ids) - _MOST_IDS} more, in findings.json" if len(ids) > _MOST_IDS else ""
    said = f"Runs: {', '.join(ids[:_MOST_IDS])}{rest}" if ids else "Runs: none"
    slide.notes_slide.notes_text_frame.text = "\n".join((*lines, said))
