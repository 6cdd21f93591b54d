"""A policy written otherwise is proved equal to itself: every policy that is shipped, and those of the tests."""

from pathlib import Path

import pytest
from tests.reviewing.soundness.rewriting import WAYS, copied

from crossgrade.loading import load
from crossgrade.reviewing.diff import review

ROOT = Path(__file__).resolve().parents[3]
POLICIES = sorted(
    path for folder in ("policies", "tests/policies") for path in (ROOT / folder).iterdir() if path.is_dir()
)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_policy_written_otherwise_is_proved_equal(path: Path, tmp_path: Path) -> None:
    source = load(path, matcher="plain")
    for how in WAYS:
        folder = tmp_path / how.replace(" ", "-")
        folder.mkdir()
        report = review(source, load(copied(path, folder, how), matcher="plain"))
        found = [(each.kind, each.pairs) for each in report.consequences]
        assert report.verdict == "proved equal", (how, found, report.undecided)
