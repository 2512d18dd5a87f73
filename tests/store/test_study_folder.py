"""Whose a folder of results is: the study's that was there first, wherever its file goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from study_files import STUDY, changed, written

from bn_study.config.load import load_study
from bn_study.store.study_folder import StudyFolder, Taken


def folder_of(study: Path, results: Path) -> StudyFolder:
    return StudyFolder.below(results, load_study(study))


def made(folder: Path, study: str = STUDY) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return written(folder, study)


@pytest.fixture
def claimed(tmp_path: Path) -> tuple[Path, Path]:
    """A study's file, and the folder of all results in which it has its place."""
    study, results = made(tmp_path / "a"), tmp_path / "out"
    folder_of(study, results).claim()
    return study, results


def test_an_edited_study_keeps_its_folder(claimed: tuple[Path, Path]) -> None:
    study, results = claimed
    study.write_text(changed(STUDY, "title: a title", "title: another"))
    folder_of(study, results).claim()
    study.write_text(changed(STUDY, "question: a question?", "question: another?"))
    folder_of(study, results).claim()


@pytest.mark.parametrize("there", ["b", "a/b", "größe 1/100 %"])
def test_a_moved_study_finds_its_folder_again(there: str, claimed: tuple[Path, Path], tmp_path: Path) -> None:
    """Also when it is edited afterwards; a copy of it is then another study."""
    study, results = claimed
    made(tmp_path / there)
    study.unlink()
    moved = tmp_path / there / "study.yaml"
    folder_of(moved, results).claim()
    moved.write_text(changed(STUDY, "title: a title", "title: another"))
    folder_of(moved, results).claim()
    with pytest.raises(Taken):
        folder_of(made(tmp_path / "c"), results).refuse_if_taken()


def test_study_and_results_may_move_together(claimed: tuple[Path, Path], tmp_path: Path) -> None:
    """To another disk or machine: then a copy beside the old place is still another study."""
    study, results = claimed
    study.write_text(changed(STUDY, "title: a title", "title: another"))
    (tmp_path / "new").mkdir()
    for path in (study.parent, results):
        path.rename(tmp_path / "new" / path.name)
    folder_of(tmp_path / "new" / "a" / "study.yaml", tmp_path / "new" / "out").claim()


def test_a_study_is_the_same_through_a_link(claimed: tuple[Path, Path], tmp_path: Path) -> None:
    study, results = claimed
    for link, target in (("b", study.parent), ("linked", results)):
        (tmp_path / link).symlink_to(target)
    folder_of(tmp_path / "b" / "study.yaml", tmp_path / "linked").claim()
    folder_of(study, results).claim()


@pytest.mark.parametrize("other", [STUDY, changed(STUDY, "title: a title", "title: another")])
def test_a_copy_and_another_study_are_refused(other: str, claimed: tuple[Path, Path], tmp_path: Path) -> None:
    study, results = claimed
    with pytest.raises(Taken, match=r"another study; rename .* or choose another folder with --results"):
        folder_of(made(tmp_path / "b", other), results).claim()
    folder_of(study, results).claim()


def test_another_study_is_refused_also_when_the_first_is_gone(claimed: tuple[Path, Path], tmp_path: Path) -> None:
    """It may be the first, moved and edited: then the way out is named."""
    study, results = claimed
    study.unlink()
    other = folder_of(made(tmp_path / "b", changed(STUDY, "title: a title", "title: another")), results)
    with pytest.raises(Taken, match=r"which is gone \(if this is it, remove .*owner\.json\)"):
        other.claim()
    (results / "study" / "owner.json").unlink()
    other.claim()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"study": 1}'])
def test_a_torn_owner_says_nothing(content: bytes, claimed: tuple[Path, Path], tmp_path: Path) -> None:
    _, results = claimed
    (results / "study" / "owner.json").write_bytes(content)
    folder_of(made(tmp_path / "b"), results).claim()
    with pytest.raises(Taken):
        folder_of(claimed[0], results).claim()


def test_a_path_of_any_bytes_is_kept(tmp_path: Path) -> None:
    """As no encoding reads it: file systems do not care."""
    study = made(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")))
    folder_of(study, tmp_path / "out").claim()
    folder_of(study, tmp_path / "out").claim()
    with pytest.raises(Taken):
        folder_of(made(tmp_path / "b"), tmp_path / "out").claim()


def test_reports_of_profiles_and_of_sets_lie_apart(tmp_path: Path) -> None:
    study = made(tmp_path / "a")
    sources = [load_study(study), load_study(study, "smoke"), load_study(study, "smoke", ["training.epochs=2"])]
    names = [StudyFolder.below(tmp_path, source).report.name for source in sources]
    assert names[:2] == ["base", "smoke"]
    assert len(set(names)) == 3
