"""The GitHub action: its scripts are sound, and each step does its part where GitHub and `gh` stand around it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.reviewing.action import ACTION, BASH, SCRIPTS, STEPS, Done, outputs, program, stepped
from tests.reviewing.repositories import committed, git, policy


@pytest.mark.parametrize("id", SCRIPTS)
def test_a_script_is_sound(id: str) -> None:
    script = SCRIPTS[id]["run"]
    done = subprocess.run([BASH, "-n"], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert script.startswith("set -euo pipefail\n")
    assert "${{" not in script, "what comes in is read from the environment, never written into a script"
    assert SCRIPTS[id]["shell"] == "bash"


def test_every_input_is_used_and_every_used_one_is_declared() -> None:
    text = json.dumps(ACTION["runs"])
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    assert set(re.findall(r"steps\.([\w-]+)\.", json.dumps(ACTION))) <= set(STEPS)


@pytest.mark.parametrize(
    ("version", "wanted"), [("", "/actions/crossgrade[durable]"), ("1.2.0", "crossgrade[durable]==1.2.0")]
)
def test_it_installs_itself_or_a_release(tmp_path: Path, version: str, wanted: str) -> None:
    home = tmp_path / "home"
    python = program(home, "python", f'#!/bin/sh\nprintf \'%s\\n\' "$CPPFLAGS" "$@" > "{home}/words"\n')
    done = stepped("install", home, tmp_path, PYTHON=str(python), HERE="/actions/crossgrade", VERSION=version)
    assert done.returncode == 0, done.stderr
    flags, *words = home.joinpath("words").read_text("utf-8").splitlines()
    assert flags.strip() == "-DPyEval_CallObject=PyObject_CallObject"
    assert (words[:4], words[-1]) == (["-P", "-m", "pip", "install"], wanted)


def test_a_revision_that_a_checkout_lacks_is_fetched(repo: Path, tmp_path: Path) -> None:
    base = committed(repo, {"policies/shop/policy.yaml": policy()})
    head = committed(repo, {"policies/shop/policy.yaml": policy(price="12.00")})
    git(repo, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(tmp_path, "clone", "--quiet", "--depth=1", repo.as_uri(), "checkout")
    home, checkout = tmp_path / "home", tmp_path / "checkout"
    done = stepped("revisions", home, checkout, BASE=base, HEAD="HEAD")
    assert done.returncode == 0, done.stderr
    assert outputs(home) == {"base": base, "head": head}
    assert git(checkout, "show", f"{base}:policies/shop/policy.yaml") == policy()
    assert git(checkout, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("base", "code", "said"),
    [("", 3, "there is nothing to compare with"), ("no-such-branch", 128, ""), ("--upload-pack=touch x", 128, "")],
)
def test_a_base_that_is_none(repo: Path, tmp_path: Path, base: str, code: int, said: str) -> None:
    committed(repo, {"policies/shop/policy.yaml": policy()})
    git(tmp_path, "clone", "--quiet", repo.as_uri(), "checkout")
    done = stepped("revisions", tmp_path / "home", tmp_path / "checkout", BASE=base, HEAD="HEAD")
    assert (done.returncode, said in done.stdout) == (code, True), done.stderr
    assert not tmp_path.joinpath("home", "output").exists()


GH = """\
#!{python}
import json, sys
from pathlib import Path
words = sys.argv[1:]
body = [Path(word.removeprefix("body=@")).read_text("utf-8") for word in words if word.startswith("body=@")]
with Path({log!r}).open("a", encoding="utf-8") as log:
    log.write(json.dumps([words, *body]) + "\\n")
if {broken!r}:
    sys.exit("gh: Resource not accessible by integration (HTTP 403)")
print("{{}}" if body else {ids!r}, end="")
"""


def commented(home: Path, report: str, *, ids: str = "", broken: bool = False) -> tuple[Done, list[list[Any]]]:
    """Run the step that comments, with a `gh` that knows the comments `ids`, and return what it was asked."""
    log = home / "asked"
    program(home, "gh", GH.format(python=sys.executable, log=str(log), ids=ids, broken=broken))
    file = home / "report.md"
    file.write_text(report, encoding="utf-8")
    done = stepped("comment", home, home, GH_TOKEN="none", NUMBER="7", REPORT=str(file))
    return done, [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def test_the_first_report_is_a_new_comment(tmp_path: Path) -> None:
    done, (listed, posted) = commented(tmp_path, "It changes `nothing` for $anyone.\n")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert listed[0][:3] == ["api", "--paginate", "repos/shop/plans/issues/7/comments"]
    words, body = posted
    assert words[:4] == ["api", "--method", "POST", "repos/shop/plans/issues/7/comments"]
    assert body == "<!-- crossgrade -->\nIt changes `nothing` for $anyone.\n"


def test_a_later_report_takes_its_place(tmp_path: Path) -> None:
    done, (_, (words, body)) = commented(tmp_path, "Now it changes.\n", ids="41\n42\n")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert words[:4] == ["api", "--method", "PATCH", "repos/shop/plans/issues/comments/41"]
    assert body == "<!-- crossgrade -->\nNow it changes.\n"


def test_a_long_report_is_cut_at_a_line(tmp_path: Path) -> None:
    _, (_, (_, body)) = commented(tmp_path, "".join(f"- größer als {number}\n" for number in range(9000)))
    assert len(body) < 65536
    *kept, empty, last = body.splitlines()
    assert (empty, last) == ("", "The rest stands in the summary of this run.")
    assert kept[0] == "<!-- crossgrade -->"
    assert kept[1:] == [f"- größer als {number}" for number in range(len(kept) - 1)]


def test_a_token_that_may_not_write_is_warned_of(tmp_path: Path) -> None:
    done, asked = commented(tmp_path, "It changes.\n", broken=True)
    assert (done.returncode, len(asked)) == (0, 1)
    assert done.stdout.startswith("::warning title=crossgrade::no comment could be written")
    assert "HTTP 403" in done.stderr


@pytest.mark.skipif(shutil.which("jq") is None, reason="the expression is gh's, which brings jq along")
def test_the_comment_of_a_person_is_not_taken(tmp_path: Path) -> None:
    _, ((words, *_), *_) = commented(tmp_path, "It changes.\n")
    marked = "<!-- crossgrade -->\nIt changes."
    comments = [
        {"id": 1, "user": {"type": "User"}, "body": marked},
        {"id": 2, "user": {"type": "Bot"}, "body": f"> {marked}"},
        {"id": 3, "user": {"type": "Bot"}, "body": marked},
    ]
    command = ["jq", words[words.index("--jq") + 1]]
    done = subprocess.run(command, input=json.dumps(comments), capture_output=True, text=True, check=True)
    assert done.stdout == "3\n"


@pytest.mark.parametrize(("code", "verdict"), [("0", 0), ("2", 0), ("1", 1), ("3", 3), ("4", 4)])
def test_the_verdict(tmp_path: Path, code: str, verdict: int) -> None:
    done = stepped("verdict", tmp_path, tmp_path, CODE=code, FAIL_ON="error")
    assert (done.returncode, done.stdout.startswith("::error title=crossgrade::")) == (verdict, verdict > 0)
