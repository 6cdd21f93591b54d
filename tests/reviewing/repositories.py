"""A git repository of its own for a test: what is committed, and the policy that changes in it."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

POLICY = """\
policy: {id}
effective: 2025-01-01
currency: USD
plans:
  basic: {{prices: {{monthly: {price}}}}}
  premium: {{prices: {{monthly: 40.00}}}}
families: {{all: [basic, premium]}}
transitions:
  - {{id: move, change: any, terms: {{effective: period_end}}}}
"""

SETTINGS = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A Reviewer",
    "GIT_AUTHOR_EMAIL": "reviewer@example.com",
    "GIT_COMMITTER_NAME": "A Reviewer",
    "GIT_COMMITTER_EMAIL": "reviewer@example.com",
}
"""What keeps a test from the configuration of whoever runs it."""

FOREIGN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF")
"""What a hook that runs the tests would set."""


def policy(id: str = "shop", price: str = "10.00") -> str:
    return POLICY.format(id=id, price=price)


def environment(**more: str) -> dict[str, str]:
    return {**{key: value for key, value in os.environ.items() if key not in FOREIGN}, **SETTINGS, **more}


def git(folder: Path, *arguments: str) -> str:
    command = [shutil.which("git") or "git", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def begun(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder


def written(folder: Path, files: Mapping[str, str | None]) -> None:
    """Write files; those that are None are removed."""
    for name, text in files.items():
        file = folder / name
        if text is None:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def committed(folder: Path, files: Mapping[str, str | None]) -> str:
    """Commit files and return the id of the commit."""
    written(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "A change")
    return git(folder, "rev-parse", "HEAD").strip()


def stamps(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return when each file outside `.git` was written, and what it holds."""
    files = (file for file in folder.rglob("*") if file.is_file() and ".git" not in file.parts)
    return {file.as_posix(): (file.stat().st_mtime_ns, file.read_bytes()) for file in files}
