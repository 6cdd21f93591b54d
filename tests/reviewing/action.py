"""The GitHub action, read from its file, and its steps run as GitHub runs them."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml
from tests.reviewing.repositories import environment

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load(ROOT.joinpath("action.yml").read_text("utf-8"))
STEPS: dict[str, dict[str, Any]] = {step["id"]: step for step in ACTION["runs"]["steps"]}
SCRIPTS = {id: step for id, step in STEPS.items() if "run" in step}
BASH = shutil.which("bash") or "bash"

Done = subprocess.CompletedProcess[str]


def stepped(id: str, home: Path, cwd: Path, **given: str) -> Done:
    """Run a step of the action as GitHub does; `given` are the values of its `env`, all of them."""
    step = SCRIPTS[id]
    assert set(given) == set(step["env"])
    home.mkdir(exist_ok=True)
    script = home / f"{id}.sh"
    script.write_text(step["run"], encoding="utf-8")
    places = {"GITHUB_OUTPUT": "output", "GITHUB_STEP_SUMMARY": "summary", "RUNNER_TEMP": "."}
    search = os.pathsep.join([str(home / "bin"), os.environ["PATH"]])
    more = {name: str(home / place) for name, place in places.items()}
    env = environment(**more, **given, GITHUB_REPOSITORY="shop/plans", PATH=search, GITHUB_ACTIONS="true")
    command = [BASH, "--noprofile", "--norc", "-eo", "pipefail", str(script)]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def outputs(home: Path) -> dict[str, str]:
    lines = home.joinpath("output").read_text("utf-8").splitlines()
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def program(home: Path, name: str, text: str) -> Path:
    """Put a program of a host on the path of the steps."""
    file = home / "bin" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755)
    return file
