"""A diff driver is handed files by git, and says what those alone do not tell."""

import os
from pathlib import Path

import pytest
from tests.reviewing.repositories import begun, committed, git, policy, written

from crossgrade.reviewing.driver import driver_compared, driver_files
from crossgrade.reviewing.repository import CannotCompareError
from crossgrade.reviewing.revisions import Compared

PARTS = policy().replace("families: {all: [basic, premium]}\n", "include: [families.yaml]\n")
FAMILIES = "families: {all: [basic, premium]}\n"

SEVEN = ("shop/policy.yaml", "/tmp/before.yaml", "a" * 40, "100644", "shop/policy.yaml", "0" * 40, "100644")


@pytest.mark.parametrize(
    ("words", "files"),
    [
        (SEVEN, (SEVEN[0], Path(SEVEN[1]), Path(SEVEN[4]))),
        ((*SEVEN, "old/policy.yaml", "similarity index 90%"), (SEVEN[0], Path(SEVEN[1]), Path(SEVEN[4]))),
        ((SEVEN[0], "/dev/null", ".", ".", *SEVEN[4:]), (SEVEN[0], None, Path(SEVEN[4]))),
        ((*SEVEN[:4], "/dev/null", ".", "."), (SEVEN[0], Path(SEVEN[1]), None)),
        (SEVEN[:1], (SEVEN[0], None, None)),
    ],
    ids=["changed", "renamed", "added", "removed", "unmerged"],
)
def test_what_git_hands_to_a_driver(words: tuple[str, ...], files: tuple[str, Path | None, Path | None]) -> None:
    assert driver_files(words) == files


@pytest.mark.parametrize("count", [0, 2, 6, 8])
def test_words_that_no_git_hands_over(count: int) -> None:
    with pytest.raises(CannotCompareError, match=f"7 words, found {count}"):
        driver_files(("x",) * count)


def test_a_driver_compares_the_file_by_itself(tmp_path: Path) -> None:
    written(tmp_path, {"x_policy.yaml": policy(price="10.00"), "policy.yaml": policy().replace("[basic", "[basc")})
    found = driver_compared(_words(tmp_path / "x_policy.yaml", tmp_path / "policy.yaml"))
    assert isinstance(found, Compared)
    assert found.old is not None
    assert found.new is not None
    assert (found.name, found.old.label, found.new.label) == (SEVEN[0], f"a/{SEVEN[0]}", f"b/{SEVEN[0]}")
    assert found.old.versions is not None
    assert found.old.findings == ()
    assert [finding.place.file for finding in found.new.findings] == ["b/shop/policy.yaml"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PARTS, "includes other files, which git does not hand to a diff driver"),
        (FAMILIES, "is a part of a policy that other files include"),
        ("policy: .\ncases: []\n", "holds cases, and no policy"),
    ],
)
def test_a_driver_says_where_a_file_does_not_tell(tmp_path: Path, text: str, said: str) -> None:
    written(tmp_path, {"before.yaml": policy(), "after.yaml": text})
    found = driver_compared(_words(tmp_path / "before.yaml", tmp_path / "after.yaml"))
    assert found == f"`shop/policy.yaml` {said}; `crossgrade diff HEAD -- shop` shows what changes"


def test_a_driver_is_told_of_a_file_that_is_added_or_left_open(tmp_path: Path) -> None:
    written(tmp_path, {"after.yaml": policy()})
    found = driver_compared(_words(Path("/dev/null"), tmp_path / "after.yaml"))
    assert isinstance(found, Compared)
    assert found.old is None
    assert found.new is not None
    assert found.new.versions is not None
    assert driver_compared(["shop/policy.yaml"]) == "`shop/policy.yaml` is not merged yet"


def _words(old: Path, new: Path) -> list[str]:
    return ["shop/policy.yaml", old.as_posix(), "a" * 40, "100644", new.as_posix(), "0" * 40, "100644"]


def test_what_git_itself_hands_to_a_driver(tmp_path: Path) -> None:
    """The words come from git: a driver that writes them down is called by `git diff`."""
    repo = begun(tmp_path / "repository")
    committed(repo, {"shop/policy.yaml": policy(price="10.00"), ".gitattributes": "policy.yaml diff=crossgrade\n"})
    written(repo, {"shop/policy.yaml": policy(price="12.00")})
    words = tmp_path / "words"
    driver = tmp_path / "driver"
    driver.write_text(f'#!/bin/sh\nfor word; do echo "$word"; done > "{words}"\ncp "$2" "{tmp_path}/before.yaml"\n')
    driver.chmod(0o755)
    git(repo, "config", "diff.crossgrade.command", str(driver))
    git(repo, "diff")
    path, old, new = driver_files(words.read_text().split())
    assert (path, new) == ("shop/policy.yaml", Path("shop/policy.yaml"))
    assert old is not None
    assert not os.path.lexists(old)
    assert "10.00" in tmp_path.joinpath("before.yaml").read_text()
