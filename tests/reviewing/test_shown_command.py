"""The command `diff`: what it takes, what it exits with, and that it is never silent and never silently equal."""

import json
from pathlib import Path

import pytest
import yaml
from tests.cli.transcript import ROOT, run
from tests.reviewing.repositories import committed, policy, written

from crossgrade.deciding.engine import Engine
from crossgrade.reviewing import reviewed as module
from crossgrade.reviewing.diff import WitnessMismatchError, review
from crossgrade.reviewing.report import Report

BEFORE, AFTER = "examples/before.yaml", "examples/after.yaml"


def exit_code(said: str) -> int:
    return int(said.splitlines()[-1].strip("[]"))


@pytest.fixture
def top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("top")
@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"{BEFORE} {BEFORE}", 0),
        (f"{BEFORE} {BEFORE} --fail-on info", 0),
        (f"{BEFORE} {AFTER}", 2),
        (f"{BEFORE} {AFTER} --fail-on error", 1),
        (f"--fail-on error {BEFORE} {AFTER}", 1),
        (f"{BEFORE} --fail-on error {AFTER}", 1),
        (f"{BEFORE} {AFTER} --fail-on warning", 1),
        (f"{AFTER} {BEFORE} --fail-on info", 1),
        (f"{BEFORE} {AFTER} --fial-on error", 3),
        (f"{BEFORE} {AFTER} --fail-on eror", 3),
        (f"{BEFORE} {AFTER} --format xml", 3),
        (f"{BEFORE} nowhere", 3),
        (f"{BEFORE}", 3),
        ("", 3),
        (f"{BEFORE} {AFTER} {AFTER}", 3),
        (f"{BEFORE} {AFTER} --", 3),
        (f"{BEFORE} tests/cli/broken", 3),
        (f"{BEFORE} {AFTER} --config nowhere.toml", 3),
        (f"{BEFORE} {AFTER} --write-cases nowhere/cases.yaml", 3),
    ],
)
def test_exit_code(line: str, code: int) -> None:
    said = run(f"diff {line}")
    assert exit_code(said) == code
    assert len(said.splitlines()) > 2, "it is never silent"


@pytest.mark.usefixtures("top")
def test_severities_and_waivers_decide_what_fails(tmp_path: Path) -> None:
    found = json.loads(run(f"diff {BEFORE} {AFTER} --format json").split("\n", 1)[1].rsplit("[", 1)[0])
    errors = [one for one in found["policies"][0]["consequences"] if one["severity"] == "error"]
    file = tmp_path / "review.toml"
    waivers = "".join(f"[[waive]]\nfingerprint = '{one['fingerprint']}'\nreason = 'agreed'\n" for one in errors)
    for text, code in (("[severity]\npays-more = 'info'\n", 2), (waivers, 2), ("[severity]\nmessage = 'error'\n", 1)):
        file.write_text(text, encoding="utf-8")
        assert exit_code(run(f"diff {BEFORE} {AFTER} --fail-on error --config {file}")) == code
    file.write_text(waivers, encoding="utf-8")
    said = run(f"diff {BEFORE} {AFTER} --config {file}")
    assert f"{len(errors)} waived" in said.splitlines()[1]
    assert said.count("      waived: agreed\n") == len(errors)


@pytest.mark.usefixtures("top")
def test_settings_may_name_laws_that_only_check_finds(tmp_path: Path) -> None:
    file = tmp_path / "review.toml"
    file.write_text("[severity]\ndead-rule = 'error'\n", encoding="utf-8")
    assert exit_code(run(f"diff {BEFORE} {BEFORE} --config {file}")) == 0


@pytest.mark.usefixtures("top")
def test_a_policy_that_cannot_be_used_is_told_as_check_tells_it() -> None:
    told = run(f"diff {BEFORE} tests/cli/broken").splitlines()
    checked = run("check tests/cli/broken").splitlines()
    assert [line for line in told if "error[" in line] == [line for line in checked if "policy.yaml:" in line]


def test_revisions_stand_before_dashes_and_options_anywhere(repo: Path) -> None:
    committed(repo, {"policies/shop/policy.yaml": policy(price="10.00")})
    committed(repo, {"policies/shop/policy.yaml": policy(price="12.00")})
    said = [
        run(f"diff {line}").split("\n", 1)[1]
        for line in (
            "HEAD~1 HEAD --format markdown -- policies",
            "--format markdown HEAD~1 HEAD -- policies/shop",
            "HEAD~1 --format markdown -- policies/shop",
        )
    ]
    assert said[0] == said[1] == said[2]
    assert "10.00 → 12.00" in said[0]
    assert exit_code(run("diff HEAD -- policies")) == 0
    written(repo, {"policies/shop/policy.yaml": policy(price="13.00")})
    assert exit_code(run("diff HEAD -- policies")) == 2
    assert exit_code(run("diff HEAD HEAD -- policies")) == 0
    assert "there is no revision `HAED`" in run("diff HAED -- policies")


def test_the_nearest_settings_of_each_policy_are_taken(repo: Path) -> None:
    names = ("a/policy.yaml", "b/policy.yaml")
    committed(repo, {name: policy(name[0], "10.00") for name in names})
    written(repo, {name: policy(name[0], "12.00") for name in names})
    written(repo, {"a/crossgrade.toml": "[severity]\npays-more = 'info'\ncredit-gained = 'info'\n"})
    found = json.loads(run("diff HEAD --format json -- .").split("\n", 1)[1].rsplit("[", 1)[0])
    severities = [{one["severity"] for one in each["consequences"]} for each in found["policies"]]
    assert severities[0] == {"info"}
    assert "error" in severities[1]
    written(repo, {"b/crossgrade.toml": "[severity]\npays-mroe = 'info'\n"})
    said = run("diff HEAD -- .")
    assert "b/crossgrade.toml:2:1: error[unknown-key]: nothing that is found is called `pays-mroe`" in said
    assert exit_code(said) == 3


def test_a_policy_that_is_added_or_removed(repo: Path) -> None:
    committed(repo, {"a/policy.yaml": policy("a")})
    committed(repo, {"a/policy.yaml": None, "b/policy.yaml": policy("b")})
    said = run("diff HEAD~1 HEAD --fail-on error -- .")
    assert said.split("\n", 1)[1].startswith("a: removed: 1 error\n\nerrors\n  a policy is removed")
    assert "\nb: added: 1 for information\n" in said
    assert exit_code(said) == 1
    assert exit_code(run("diff HEAD~1 HEAD -- .")) == 2
    assert exit_code(run("diff HEAD~1 HEAD --fail-on error -- b")) == 2
    fingerprint = said.split("policy `a` (", 1)[1][:12]
    written(repo, {"crossgrade.toml": f"[[waive]]\nfingerprint = '{fingerprint}'\nreason = 'sold'\n"})
    assert exit_code(run("diff HEAD~1 HEAD --fail-on error -- .")) == 2
    for shown in ("markdown", "json", "github", "sarif", "html"):
        assert exit_code(run(f"diff HEAD~1 HEAD --format {shown} -- .")) == 2


def test_cases_are_written_for_one_policy(repo: Path) -> None:
    committed(repo, {"a/policy.yaml": policy("a"), "b/policy.yaml": policy("b")})
    written(repo, {"a/policy.yaml": policy("a", "12.00")})
    said = run("diff HEAD --write-cases a/review.yaml -- .")
    assert "a/review.yaml: " in said
    assert exit_code(said) == 2
    assert yaml.safe_load(Path("a/review.yaml").read_text("utf-8"))["policy"] == "."
    assert "0 failed\n[0]" in run("test a/review.yaml")
    written(repo, {"b/policy.yaml": policy("b", "12.00"), "mine.yaml": "cases: []\n"})
    assert "is for one policy, and `a`, `b` change" in run("diff HEAD --write-cases all.yaml -- .")
    assert "holds what others wrote" in run("diff HEAD --write-cases mine.yaml -- a")
    assert not Path("all.yaml").exists()


def test_no_cases_where_nothing_changes(repo: Path) -> None:
    committed(repo, {"a/policy.yaml": policy("a")})
    assert "no cases written: nothing changes for anyone" in run("diff HEAD --write-cases a/review.yaml -- .")
    assert not Path("a/review.yaml").exists()


@pytest.mark.usefixtures("top")
def test_a_diff_driver_says_only_what_changes_in_words(tmp_path: Path) -> None:
    hexes = "0000 100644"
    said = run(f"diff --git-driver shop/policy.yaml {BEFORE} {hexes} {AFTER} {hexes}").splitlines()[1:]
    assert said[0] == "shop/policy.yaml: 2 changes"
    assert said[1] == "  Premium monthly 45.00 → 49.00 EUR"
    assert said[-1] == "[0]"
    still = run(f"diff --git-driver shop/policy.yaml {BEFORE} {hexes} {BEFORE} {hexes}")
    assert "shop/policy.yaml: no change in meaning\n[0]" in still
    added = run(f"diff --git-driver shop/policy.yaml /dev/null . . {AFTER} {hexes}")
    assert "shop/policy.yaml: 1 change\n  policy `network` added\n[0]" in added
    broken = tmp_path / "broken.yaml"
    broken.write_text("policy: x\n", encoding="utf-8")
    said = run(f"diff --git-driver shop/policy.yaml {BEFORE} {hexes} {broken} {hexes}").splitlines()
    assert said[1] == "shop/policy.yaml: cannot be read"
    assert any("b/shop/policy.yaml:1:1: error[missing-key]" in line for line in said)
    assert said[-1] == "[0]", "git would stop at the first file that cannot be read"


@pytest.mark.usefixtures("top")
def test_what_is_not_decided_is_not_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    def hasty(old: Engine, new: Engine) -> Report:
        return review(old, new, boxes=0)

    monkeypatch.setattr(module, "review", hasty)
    said = run(f"diff {BEFORE} {AFTER} --fail-on info")
    assert "not decided" in said.splitlines()[1]
    assert exit_code(said) in (1, 2)


@pytest.mark.usefixtures("top")
def test_a_witness_that_does_not_replay_is_our_fault_and_loud(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: Engine) -> Report:
        raise WitnessMismatchError("no difference where one is expected")

    monkeypatch.setattr(module, "review", wrong)
    said = run(f"diff {BEFORE} {AFTER}")
    assert "internal error: WitnessMismatchError: no difference where one is expected" in said
    assert exit_code(said) == 4
