"""Every folder of `words/` holds two policies and the words for what differs, exactly.

`old` and `new` are files, or folders of versions. A line of `words.txt` is a section, a subject and a sentence.

After a change of words: `CROSSGRADE_ACCEPT=1 pytest tests/reviewing/test_words.py`, then read the diff.
"""

import os
from pathlib import Path

import pytest
import yaml

from crossgrade.loading import check
from crossgrade.model.versions import Versions
from crossgrade.reviewing.words import words

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(path for path in Path(__file__).parent.glob("words/*") if path.is_dir())
POLICIES = [file.parent for file in sorted(ROOT.glob("policies/*/cases.yaml"))]
SECTIONS = [
    "plans",
    "prices",
    "add-ons",
    "families",
    "restrictions",
    "transitions",
    "terms",
    "credits",
    "no_change",
    "facts",
    "messages",
    "entitlements",
    "settings",
    "versions",
]


def read(path: Path) -> Versions:
    versions, findings = check(path if path.is_dir() else path.with_suffix(".yaml"))
    assert versions is not None, findings
    return versions


def test_there_are_differences() -> None:
    assert len(FOLDERS) >= 90


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_difference_is_said_in_these_words(folder: Path) -> None:
    told = words(read(folder / "old"), read(folder / "new"))
    found = "".join(f"{word.section} | {word.subject} | {word.sentence}\n" for word in told)
    expected = folder / "words.txt"
    if os.environ.get("CROSSGRADE_ACCEPT"):
        expected.write_text(found, encoding="utf-8")

    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_differs_one_way_differs_the_other_way(folder: Path) -> None:
    old, new = read(folder / "old"), read(folder / "new")
    assert bool(words(new, old)) == bool(words(old, new)) == (not folder.name.startswith("nothing-"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_word_is_one_line_of_a_known_section_and_said_once(folder: Path) -> None:
    found = words(read(folder / "old"), read(folder / "new"))
    assert {word.section for word in found} <= set(SECTIONS)
    assert not [word for word in found if "\n" in word.sentence]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("folder", POLICIES, ids=lambda folder: folder.name)
def test_a_policy_does_not_differ_from_itself(folder: Path) -> None:
    assert words(read(folder), read(folder)) == ()


@pytest.mark.parametrize("folder", POLICIES, ids=lambda folder: folder.name)
def test_a_policy_does_not_differ_from_itself_written_otherwise(folder: Path, tmp_path: Path) -> None:
    plain = yaml.safe_load((folder / "policy.yaml").read_bytes())
    (tmp_path / "policy.yaml").write_text(yaml.safe_dump(plain, sort_keys=True, indent=3), encoding="utf-8")
    assert words(read(folder), read(tmp_path)) == ()


def test_every_section_is_told_of() -> None:
    told = {word.section for folder in FOLDERS for word in words(read(folder / "old"), read(folder / "new"))}
    assert told == set(SECTIONS)
