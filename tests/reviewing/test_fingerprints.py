"""Fingerprints: they stay while a difference does, however either policy is written, and change with it."""

from pathlib import Path

import pytest
from tests.reviewing.soundness.rewriting import WAYS, copied

from crossgrade.loading import load
from crossgrade.reviewing.diff import review

ROOT = Path(__file__).resolve().parents[2]
REVIEW = ROOT / "examples" / "review"
MUTATIONS = Path(__file__).parent / "mutation" / "base.yaml"


def fingerprints(old: Path, new: Path) -> set[str]:
    report = review(load(old, matcher="plain"), load(new, matcher="plain"))
    return {each.fingerprint for each in report.consequences}


def edited(tmp_path: Path, source: Path, before: str, after: str) -> Path:
    file = tmp_path / "edited.yaml"
    text = source.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")
    return file


PAIRS = [
    (REVIEW / "before" / "policy.yaml", "monthly: 45.00", "monthly: 49.00"),
    (REVIEW / "before" / "policy.yaml", "downgrade, shorter_interval]", "downgrade]"),
    (MUTATIONS, "membership.days_used: {less_than: 5}}, message", "membership.days_used: {less_than: 9}}, message"),
]


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(("source", "before", "after"), PAIRS, ids=["price", "path", "threshold"])
def test_they_stay_however_it_is_written(source: Path, before: str, after: str, how: str, tmp_path: Path) -> None:
    changed = edited(tmp_path, source, before, after)
    folders = [tmp_path / "old", tmp_path / "new"]
    for folder in folders:
        folder.mkdir()
    again = [copied(file, folder, how) for file, folder in zip((source, changed), folders, strict=True)]
    found = fingerprints(source, changed)
    assert found
    assert fingerprints(*again) == found


def test_they_change_with_the_difference(tmp_path: Path) -> None:
    source = REVIEW / "before" / "policy.yaml"
    dearer = fingerprints(source, edited(tmp_path, source, "monthly: 45.00", "monthly: 49.00"))
    dearest = fingerprints(source, edited(tmp_path, source, "monthly: 45.00", "monthly: 50.00"))
    assert not dearer & dearest
