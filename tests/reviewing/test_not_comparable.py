"""What cannot be compared is refused in words that say how it can be named."""

import subprocess
from pathlib import Path

import pytest
from tests.reviewing.repositories import committed, git, policy, written

from crossgrade.reviewing.repository import CannotCompareError
from crossgrade.reviewing.revisions import compared


def refused(old: str, new: str | None = None, paths: tuple[str, ...] = ()) -> tuple[str, str]:
    with pytest.raises(CannotCompareError) as problem:
        compared(old, new, paths)
    assert str(problem.value) == f"{problem.value.message}\nhelp: {problem.value.help}"
    return problem.value.message, problem.value.help


def test_a_file_that_points_out_of_its_folder_is_refused(repo: Path, tmp_path: Path) -> None:
    committed(repo, {"shop/policy.yaml": policy()})
    blob = git(repo, "rev-parse", "HEAD:shop/policy.yaml").strip()
    inner = _tree(repo, b"100644 escaped.yaml\0" + bytes.fromhex(blob))
    evil = _tree(repo, b"40000 ..\0" + bytes.fromhex(inner))
    message, _ = refused(evil, "HEAD", paths=(".",))
    assert message == f"`{evil}` holds a file `../escaped.yaml`, which points out of its own folder"
    assert not [*tmp_path.rglob("escaped.yaml")]


def _tree(repo: Path, content: bytes) -> str:
    """Write a tree as no git would; the repository is left with what an attacker would push."""
    command = ["git", "hash-object", "-t", "tree", "-w", "--stdin", "--literally"]
    done = subprocess.run(command, cwd=repo, input=content, capture_output=True, check=True)
    return done.stdout.decode().strip()


@pytest.mark.parametrize(
    ("words", "message", "remedy"),
    [
        (("mian", None), "there is no revision `mian`", "did you mean `main`?"),
        (("main", "feature-z"), "there is no revision `feature-z`", "did you mean `feature-x`?"),
        (("main", "12"), "there is no revision `12`", "`git branch --all` and `git log` show what there is"),
        (
            ("--output=x", None),
            "there is no revision `--output=x`",
            "`git branch --all` and `git log` show what there is",
        ),
    ],
)
def test_an_unknown_revision(repo: Path, words: tuple[str, str | None], message: str, remedy: str) -> None:
    committed(repo, {"shop/policy.yaml": policy()})
    git(repo, "branch", "feature-x")
    assert refused(*words, ("shop",)) == (message, remedy)
    assert not repo.joinpath("x").exists()


def test_a_revision_that_a_shallow_clone_has_not(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = committed(repo, {"shop/policy.yaml": policy(price="10.00")})
    committed(repo, {"shop/policy.yaml": policy(price="12.00")})
    git(tmp_path, "clone", "--quiet", "--depth=1", repo.as_uri(), "clone")
    monkeypatch.chdir(tmp_path / "clone")
    _, remedy = refused(first, paths=("shop",))
    assert f"`git fetch --depth=1 origin {first}`" in remedy
    git(tmp_path / "clone", "fetch", "--quiet", "--depth=1", "origin", first)
    assert len(compared(first, paths=["shop"])) == 1


def test_a_path_that_neither_side_has(repo: Path) -> None:
    committed(repo, {"policies/shop/policy.yaml": policy()})
    message, remedy = refused("main", "HEAD", paths=("policies/shp",))
    assert message == "there is no policy at `policies/shp`, neither in `main` nor in `HEAD`"
    assert remedy == "did you mean `shop`?"
    message, _ = refused("main", paths=("docs",))
    assert message == "there is no policy at `docs`, neither in `main` nor in the work tree"


def test_a_path_outside_the_repository(repo: Path) -> None:
    committed(repo, {"shop/policy.yaml": policy()})
    assert refused("main", paths=("../elsewhere",))[0] == "`../elsewhere` is outside the repository"


def test_no_repository(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    message, remedy = refused("main", paths=("shop",))
    assert message.startswith("git reads no repository here: not a git repository")
    assert remedy == "go to a folder of the repository, or compare two files or folders"


def test_no_git(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repo))
    assert refused("main", paths=("shop",))[0] == "git is not installed, so that no revision can be read"


@pytest.mark.parametrize(
    ("words", "message", "remedy"),
    [
        (("main", None), "`main` is compared with nothing", "crossgrade diff main -- policies/example"),
        (("main", "shop"), "there is no file or folder `main`", "write `crossgrade diff main -- shop`"),
        (("shop", "v2"), "there is no file or folder `v2`", "write `crossgrade diff v2 -- shop`"),
        (("main", "v2"), "there is no file or folder `main`", "write `crossgrade diff main v2 -- policies/example`"),
        (("shop", "shpo"), "there is no file or folder `shpo`", "did you mean `shop`?"),
        (("shop", "empty"), "there is no policy in `empty`", "expected a file `policy.yaml` in it, or below it"),
    ],
)
def test_what_is_no_pair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, str | None], message: str, remedy: str
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, {"shop/policy.yaml": policy(), "empty/notes.txt": "Nothing.\n"})
    said, help_ = refused(*words)
    assert said == message
    assert remedy in help_
