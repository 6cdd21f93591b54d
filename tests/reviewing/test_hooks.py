"""The hooks for pre-commit, run in a real repository the way pre-commit runs them."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.reviewing.repositories import committed, environment, git, policy, written

ROOT = Path(__file__).resolve().parents[2]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load(ROOT.joinpath(".pre-commit-hooks.yaml").read_text("utf-8"))}

PARTS = policy().replace("families: {all: [basic, premium]}\n", "include: [families.yaml]\n")
FAMILIES = "families: {all: [basic, premium]}\n"
CASES = """\
policy: .
membership: {plan: basic, paid: 10.00, period: {start: 2025-06-01, end: 2025-07-01}}
cases:
  - name: a move waits for the end of the period
    at: 2025-06-10
    selection: {plan: premium}
    expect: {outcome: quote, due_now: "0.00"}
"""
SHOP = {"policies/shop/policy.yaml": PARTS, "policies/shop/families.yaml": FAMILIES, "policies/shop/cases.yaml": CASES}

Done = subprocess.CompletedProcess[str]


def hooked(repo: Path, id: str) -> Done | None:
    """Run a hook on what is staged the way pre-commit does; None where it would pass the hook over."""
    hook = HOOKS[id]
    staged = git(repo, "diff", "--cached", "--name-only", "--diff-filter=ACMRTUXB").split()
    files = [name for name in staged if re.search(hook["files"], name) and name.endswith((".yaml", ".yml"))]
    if not files:
        return None
    word, *entry = shlex.split(hook["entry"])
    assert word == "crossgrade"
    passed = files if hook["pass_filenames"] else []
    command = [sys.executable, "-m", "crossgrade", *entry, *hook["args"], *passed]
    return subprocess.run(command, cwd=repo, env=environment(), capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("changes", "check", "test"),
    [
        ({}, 0, 0),
        ({"policies/shop/policy.yaml": PARTS.replace("premium:", "premum:")}, 1, 1),
        ({"policies/shop/families.yaml": FAMILIES.replace("basic", "basc")}, 1, 1),
        ({"policies/shop/cases.yaml": CASES.replace('"0.00"', '"1.00"')}, 0, 1),
        ({"policies/shop/cases.yaml": CASES.replace("expect", "expct")}, 1, 1),
        (
            {
                "policies/shop/policy.yaml": PARTS.replace(
                    "period_end", "immediately, billing_date: restart, charge: full, credit: none"
                )
            },
            0,
            1,
        ),
    ],
    ids=["clean", "policy", "part", "outcome", "cases", "behaviour"],
)
def test_hooks_find_what_is_staged(repo: Path, changes: dict[str, str | None], check: int, test: int) -> None:
    written(repo, {**SHOP, **changes})
    git(repo, "add", "--all")
    done = [hooked(repo, id) for id in ("crossgrade-check", "crossgrade-test")]
    assert [one and one.returncode for one in done] == [check, test], done


@pytest.mark.parametrize("id", HOOKS)
def test_a_hook_runs_for_a_part_alone_and_not_for_other_files(repo: Path, id: str) -> None:
    committed(repo, dict(SHOP))
    written(repo, {"policies/shop/README.md": "Prices.\n", "other.yaml": "not: ours\n"})
    git(repo, "add", "--all")
    assert hooked(repo, id) is None
    written(repo, {"policies/shop/families.yaml": f"# Two plans\n{FAMILIES}"})
    git(repo, "add", "--all")
    done = hooked(repo, id)
    assert done is not None
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("id", HOOKS)
def test_a_hook_says_what_pre_commit_needs(id: str) -> None:
    known = {"id", "name", "description", "entry", "args", "language", "files", "types", "pass_filenames"}
    assert set(HOOKS[id]) == known
    assert (HOOKS[id]["language"], HOOKS[id]["types"]) == ("python", ["yaml"])
