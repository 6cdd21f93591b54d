"""What `crossgrade diff` names is found in real repositories, and the work tree stays as it is."""

from pathlib import Path

import pytest
from tests.reviewing.repositories import (
    committed,
    git,
    policy,
    stamps,
    written,
)

from crossgrade.model.money import Money
from crossgrade.reviewing.revisions import Compared, Side, compared

PARTS = policy().replace("families: {all: [basic, premium]}\n", "include: [families.yaml]\n")
FAMILIES = "families: {all: [basic, premium]}\n"


def basic(side: Side | None) -> str:
    """Return the price of the plan that changes in these tests."""
    assert side is not None
    assert side.versions is not None, side.findings
    newest = side.versions.newest
    return str(Money(newest.plans["basic"].prices["monthly"].amounts["USD"], newest.currency))


def named(pairs: list[Compared]) -> list[tuple[str, str | None, str | None]]:
    return [(one.name, label(one.old), label(one.new)) for one in pairs]


def label(side: Side | None) -> str | None:
    return None if side is None else side.label


def test_two_revisions(repo: Path) -> None:
    committed(repo, {"policies/shop/policy.yaml": policy(price="10.00"), "policies/shop/cases.yaml": "cases: []\n"})
    committed(repo, {"policies/shop/policy.yaml": policy(price="12.00")})
    (one,) = compared("HEAD~1", "main", ["policies/shop"])
    assert (basic(one.old), basic(one.new)) == ("10.00", "12.00")
    assert named([one]) == [("policies/shop", "HEAD~1:policies/shop", "main:policies/shop")]


@pytest.mark.parametrize("path", ["policies", "policies/", "./policies", "."])
def test_a_revision_and_the_work_tree(repo: Path, path: str) -> None:
    committed(repo, {"policies/shop/policy.yaml": policy(price="10.00")})
    written(repo, {"policies/shop/policy.yaml": policy(price="12.00")})
    (one,) = compared("main", paths=[path])
    assert (basic(one.old), basic(one.new)) == ("10.00", "12.00")
    assert named([one]) == [("policies/shop", "main:policies/shop", "policies/shop")]


def test_an_absolute_path(repo: Path) -> None:
    committed(repo, {"policy.yaml": policy(price="10.00")})
    written(repo, {"policy.yaml": policy(price="12.00")})
    (one,) = compared("main", paths=[str(repo)])
    assert (basic(one.old), basic(one.new)) == ("10.00", "12.00")
    assert one.old is not None
    assert one.old.label == "main:"


def test_the_work_tree_is_not_touched(repo: Path) -> None:
    committed(repo, {"shop/policy.yaml": policy(price="10.00"), "shop/notes.txt": "One.\n"})
    committed(repo, {"shop/policy.yaml": policy(price="12.00")})
    written(repo, {"shop/draft.txt": "Not committed.\n"})
    index = repo.joinpath(".git", "index")
    before = (stamps(repo), git(repo, "status", "--porcelain"), index.stat().st_mtime_ns)
    compared("HEAD~1", "HEAD", ["shop"])
    compared("HEAD~1", paths=["shop"])
    assert index.stat().st_mtime_ns == before[2]
    assert (stamps(repo), git(repo, "status", "--porcelain")) == before[:2]
    assert before[1] == "?? shop/draft.txt\n"


def test_nothing_is_left_behind(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(repo, {"shop/policy.yaml": policy()})
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    compared("main", "HEAD", ["shop"])
    assert [*scratch.iterdir()] == []


def test_from_a_folder_below_the_top(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(repo, {"web/policies/shop/policy.yaml": policy(price="10.00"), "other/policy.yaml": policy("other")})
    written(repo, {"web/policies/shop/policy.yaml": policy(price="12.00")})
    monkeypatch.chdir(repo / "web")
    pairs = compared("main", paths=["policies", "../other"])
    assert named(pairs) == [
        ("../other", "main:other", "../other"),
        ("policies/shop", "main:web/policies/shop", "policies/shop"),
    ]
    assert [basic(side) for side in (pairs[1].old, pairs[1].new)] == ["10.00", "12.00"]


@pytest.mark.parametrize("path", ["shop", "shop/policy.yaml"])
def test_what_is_included_comes_along(repo: Path, path: str) -> None:
    committed(repo, {"shop/policy.yaml": PARTS, "shop/families.yaml": FAMILIES})
    committed(repo, {"shop/policy.yaml": policy(price="12.00"), "shop/families.yaml": None})
    (one,) = compared("HEAD~1", "HEAD", [path])
    assert (basic(one.old), basic(one.new)) == ("10.00", "12.00")


def test_all_versions_in_a_folder_are_read(repo: Path) -> None:
    later = policy(price="12.00").replace("2025-01-01", "2026-01-01")
    committed(repo, {"shop/2025.yaml": policy(), "shop/2026.yml": later})
    (one,) = compared("main", "HEAD", ["shop"])
    assert one.old is not None
    assert one.old.versions is not None
    assert [found.effective.year for found in one.old.versions.policies] == [2025, 2026]


def test_policies_are_paired_by_folder(repo: Path) -> None:
    committed(repo, {f"policies/{name}/policy.yaml": policy(name) for name in ("a", "b", "deep/c")})
    committed(repo, {"policies/b/policy.yaml": None, "policies/d/policy.yaml": policy("d")})
    committed(repo, {"policies/.hidden/policy.yaml": policy("hidden"), "policies/e/cases.yaml": "cases: []\n"})
    assert named(compared("HEAD~2", "HEAD", ["policies"])) == [
        ("policies/a", "HEAD~2:policies/a", "HEAD:policies/a"),
        ("policies/b", "HEAD~2:policies/b", None),
        ("policies/d", None, "HEAD:policies/d"),
        ("policies/deep/c", "HEAD~2:policies/deep/c", "HEAD:policies/deep/c"),
    ]


def test_a_folder_that_is_renamed_is_known_by_its_id(repo: Path) -> None:
    committed(repo, {"policies/shop/policy.yaml": policy(price="10.00")})
    git(repo, "mv", "policies/shop", "policies/store")
    committed(repo, {"policies/store/policy.yaml": policy(price="12.00")})
    (one,) = compared("HEAD~1", "HEAD", ["policies"])
    assert named([one]) == [("policies/store", "HEAD~1:policies/shop", "HEAD:policies/store")]
    assert (basic(one.old), basic(one.new)) == ("10.00", "12.00")


def test_an_id_that_two_have_pairs_nothing(repo: Path) -> None:
    committed(repo, {"a/policy.yaml": policy("same"), "b/policy.yaml": policy("same")})
    committed(repo, {"a/policy.yaml": None, "b/policy.yaml": None, "c/policy.yaml": policy("same")})
    pairs = compared("HEAD~1", "HEAD", ["."])
    assert named(pairs) == [("a", "HEAD~1:a", None), ("b", "HEAD~1:b", None), ("c", None, "HEAD:c")]


def test_a_path_that_only_one_side_has(repo: Path) -> None:
    committed(repo, {"README.md": "Nothing yet.\n"})
    written(repo, {"shop/policy.yaml": policy()})
    assert named(compared("main", paths=["shop"])) == [("shop", None, "shop")]


def test_a_folder_that_is_left_empty_has_no_policy(repo: Path) -> None:
    committed(repo, {"shop/policy.yaml": policy(), "shop/README.md": "Prices.\n"})
    written(repo, {"shop/policy.yaml": None})
    assert named(compared("main", paths=["shop"])) == [("shop", "main:shop", None)]


def test_findings_name_the_file_in_the_revision(repo: Path) -> None:
    broken = PARTS.replace("premium: {prices", "premium: {price")
    committed(repo, {"web/shop/policy.yaml": broken, "web/shop/families.yaml": "families: {all: [basc, premium]}\n"})
    written(repo, {"web/shop/policy.yaml": policy(), "web/shop/families.yaml": None})
    (one,) = compared("main", paths=["web"])
    assert one.old is not None
    assert one.old.versions is None
    places = {(finding.place.file, finding.place.line, finding.code) for finding in one.old.findings}
    assert places == {
        ("main:web/shop/policy.yaml", 6, "unknown-key"),
        ("main:web/shop/families.yaml", 1, "unknown-plan"),
    }
    assert one.new is not None
    assert one.new.findings == ()


def test_the_other_place_of_a_finding_is_named_alike(repo: Path) -> None:
    other = policy("other").replace("2025", "2026")
    committed(repo, {"2025.yaml": policy("shop"), "2026.yaml": other})
    (one,) = compared("main", "HEAD", ["."])
    assert one.old is not None
    ((finding,), label) = one.old.findings, one.old.label
    assert (finding.code, finding.place.file) == ("different-policies", "main:2026.yaml")
    assert [place.file for place, _ in finding.others] == ["main:2025.yaml"]
    assert label == "main:"


def test_a_warning_comes_with_the_versions(repo: Path) -> None:
    committed(repo, {"shop/policy.yaml": policy(), "shop/rest.yaml": "messages: {retired: Gone.}\n"})
    (one,) = compared("main", "HEAD", ["shop"])
    assert one.new is not None
    assert one.new.versions is not None
    assert [(found.place.file, found.code) for found in one.new.findings] == [("HEAD:shop/rest.yaml", "unused-file")]


def test_a_symbolic_link_is_told_and_not_followed(repo: Path) -> None:
    written(repo, {"real.yaml": policy()})
    shop = repo / "shop"
    shop.mkdir()
    shop.joinpath("policy.yaml").symlink_to("../real.yaml")
    committed(repo, {})
    (one,) = compared("main", paths=["shop"])
    assert one.old is not None
    assert one.old.versions is None
    (finding,) = one.old.findings
    assert (finding.place.file, finding.place.text) == ("main:shop/policy.yaml", "../real.yaml")


def test_a_linked_folder_is_passed_over_on_both_sides(repo: Path) -> None:
    written(repo, {"policies/shop/policy.yaml": policy()})
    repo.joinpath("policies", "alias").symlink_to("shop")
    committed(repo, {})
    assert [one.name for one in compared("main", paths=["policies"])] == ["policies/shop"]


def test_what_is_left_out_of_archives_is_compared(repo: Path) -> None:
    committed(repo, {".gitattributes": "*.yaml export-ignore\n", "shöp/policy.yaml": policy()})
    assert [one.name for one in compared("main", "HEAD", ["shöp"])] == ["shöp"]


@pytest.mark.parametrize("odd", ["[s]hop", ":(top)shop", ":/shop"])
def test_an_odd_path_is_no_pattern(repo: Path, odd: str) -> None:
    committed(repo, {"shop/policy.yaml": policy(), f"{odd}/policy.yaml": policy("odd")})
    assert [one.name for one in compared("main", "HEAD", [odd])] == [odd]


def test_a_bare_repository_has_revisions(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(repo, {"shop/policy.yaml": policy(price="10.00")})
    committed(repo, {"shop/policy.yaml": policy(price="12.00")})
    git(tmp_path, "clone", "--quiet", "--bare", str(repo), "bare.git")
    monkeypatch.chdir(tmp_path / "bare.git")
    (one,) = compared("main~1", "main", ["shop"])
    assert (basic(one.old), basic(one.new)) == ("10.00", "12.00")


def test_two_folders_and_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, {"old/policy.yaml": policy(price="10.00"), "new/policy.yaml": policy(price="12.00")})
    assert named(compared("old", "new")) == [("new", "old", "new")]
    (one,) = compared("old/policy.yaml", "new/policy.yaml")
    assert named([one]) == [("new/policy.yaml", "old/policy.yaml", "new/policy.yaml")]
    assert (basic(one.old), basic(one.new)) == ("10.00", "12.00")


def test_two_folders_of_policies(tmp_path: Path) -> None:
    written(tmp_path, {"old/a/policy.yaml": policy("a"), "old/b/policy.yaml": policy("b")})
    written(tmp_path, {"new/a/policy.yaml": policy("a")})
    old, new = ((tmp_path / name).as_posix() for name in ("old", "new"))
    assert named(compared(old, new)) == [(f"{new}/a", f"{old}/a", f"{new}/a"), (f"{new}/b", f"{old}/b", None)]
