"""Where a change is reviewed: the report on a pull request and the diff driver of git, with real repositories.

Everything here runs `crossgrade diff` by its contract: exit 0 where no behaviour changes, 2 where some does, 1 where
it does at or above `--fail-on`, 3 for what cannot be used; `--format markdown` and `github`; revisions with paths
after two dashes; `--git-driver`, which leaves with 0 whatever it finds.
"""

import re
import shlex
import sys
from pathlib import Path

from tests.reviewing.action import Done, outputs, stepped
from tests.reviewing.repositories import committed, git, policy, written

PARTS = policy().replace("families: {all: [basic, premium]}\n", "include: [families.yaml]\n")
FAMILIES = "families: {all: [basic, premium]}\n"


def differed(repo: Path, home: Path, base: str, *, paths: str = "policies", fail_on: str = "error") -> Done:
    given = {"BASE": base, "HEAD": git(repo, "rev-parse", "HEAD").strip(), "PATHS": paths, "FAIL_ON": fail_on}
    return stepped("diff", home, repo, PYTHON=sys.executable, **given)


def test_a_change_is_reported_once_in_words_and_once_beside_the_lines(repo: Path, tmp_path: Path) -> None:
    base = committed(repo, {"policies/shop/policy.yaml": policy(price="10.00")})
    committed(repo, {"policies/shop/policy.yaml": policy(price="12.00")})
    home = tmp_path / "home"
    done = differed(repo, home, base)
    assert done.returncode == 0, done.stderr
    found = outputs(home)
    assert found["exit-code"] in ("1", "2")
    report = Path(found["report"]).read_text("utf-8")
    assert "10.00" in report
    assert "12.00" in report
    assert home.joinpath("summary").read_text("utf-8") == report
    assert re.search(r"^::(error|warning|notice) file=policies/shop", done.stdout, re.MULTILINE), done.stdout


def test_a_comment_in_a_policy_changes_nothing_for_anyone(repo: Path, tmp_path: Path) -> None:
    base = committed(repo, {"policies/shop/policy.yaml": policy()})
    committed(repo, {"policies/shop/policy.yaml": f"# Plans of the shop\n{policy()}"})
    done = differed(repo, tmp_path / "home", base)
    assert done.returncode == 0, done.stderr
    found = outputs(tmp_path / "home")
    assert found["exit-code"] == "0"
    assert "changes nothing for anyone" in Path(found["report"]).read_text("utf-8")
    assert "::" not in done.stdout


def test_paths_stand_in_lines_or_in_a_row(repo: Path, tmp_path: Path) -> None:
    base = committed(repo, {"a/policy.yaml": policy("a"), "b/policy.yaml": policy("b"), "c/policy.yaml": policy("c")})
    committed(repo, {name: policy(name[0], "12.00") for name in ("a/policy.yaml", "b/policy.yaml", "c/policy.yaml")})
    for number, paths in enumerate(("a b", "a\nb\n", "  a\n\n  b")):
        home = tmp_path / f"home-{number}"
        assert differed(repo, home, base, paths=paths).returncode == 0
        report = Path(outputs(home)["report"]).read_text("utf-8")
        assert [name for name in "abc" if re.search(rf"`{name}`|\b{name}/policy\.yaml|\b{name}:", report)] == ["a", "b"]


def test_a_policy_that_cannot_be_read_is_said_so_in_the_report(repo: Path, tmp_path: Path) -> None:
    base = committed(repo, {"policies/shop/policy.yaml": policy()})
    committed(repo, {"policies/shop/policy.yaml": policy().replace("[basic", "[basc")})
    home = tmp_path / "home"
    done = differed(repo, home, base)
    assert done.returncode == 0, done.stderr
    assert outputs(home)["exit-code"] == "3"
    report = Path(outputs(home)["report"]).read_text("utf-8")
    assert report.startswith("The policies cannot be compared:\n\n    ")
    assert "there is no plan `basc`" in report
    assert "there is no plan `basc`" in done.stderr


def test_a_module_of_the_pull_request_is_not_run(repo: Path, tmp_path: Path) -> None:
    base = committed(repo, {"policies/shop/policy.yaml": policy(), "crossgrade.py": "raise SystemExit(99)\n"})
    committed(repo, {"policies/shop/policy.yaml": f"# Plans\n{policy()}", "yaml.py": "raise SystemExit(98)\n"})
    assert differed(repo, tmp_path / "home", base).returncode == 0
    assert outputs(tmp_path / "home")["exit-code"] == "0"


def test_git_diff_shows_what_a_change_means(repo: Path) -> None:
    committed(repo, {".gitattributes": "policy.yaml diff=crossgrade\n", "shop/policy.yaml": policy(price="10.00")})
    written(repo, {"shop/policy.yaml": policy(price="12.00")})
    shown = driven(repo)
    assert "10.00" in shown
    assert "12.00" in shown
    assert "@@" not in shown


def test_git_diff_says_where_a_file_does_not_tell(repo: Path) -> None:
    committed(repo, {".gitattributes": "policy.yaml diff=crossgrade\n", "shop/policy.yaml": policy()})
    written(repo, {"shop/policy.yaml": PARTS, "shop/families.yaml": FAMILIES})
    assert "`crossgrade diff HEAD -- shop` shows what changes" in driven(repo)


def test_git_diff_goes_on_after_a_policy_that_is_broken(repo: Path) -> None:
    committed(repo, {".gitattributes": "policy.yaml diff=crossgrade\n", "a/policy.yaml": policy(), "b.txt": "One.\n"})
    written(repo, {"a/policy.yaml": policy().replace("[basic", "[basc"), "b.txt": "Two.\n"})
    shown = driven(repo)
    assert "there is no plan `basc`" in shown
    assert "+Two." in shown


def driven(repo: Path) -> str:
    """Return what `git diff` shows with the driver; git stops at a driver whose exit code is not 0."""
    command = f"{shlex.quote(sys.executable)} -m crossgrade diff --git-driver"
    git(repo, "config", "diff.crossgrade.command", command)
    return git(repo, "--no-pager", "diff")
