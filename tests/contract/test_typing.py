"""The public names are typed: a host's program that uses them all passes mypy strict, and mistakes do not.

mypy is run as a host runs it: from elsewhere, on the installed package, which it believes by `py.typed`.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import crossgrade
from crossgrade import serving

HERE = Path(__file__).parent / "typed"
PROGRAM = HERE / "program.py"
POLICIES = Path(__file__).parents[2] / "examples" / "checkout" / "policies"


def checked(text: str, folder: Path, cache: Path) -> list[str]:
    """Return what mypy says of a program: a line and a code for each finding, and whole what has none."""
    file = folder / f"{folder.name}.py"  # a name of its own: mypy's cache knows a file by name, second and size
    file.write_text(text, encoding="utf-8")
    options = ["--strict", "--no-error-summary", "--config-file=", f"--cache-dir={cache}", "--python-version=3.11"]
    command = [sys.executable, "-m", "mypy", *options, file.name]
    said = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    assert not said.stderr, said.stderr
    errors = [line for line in said.stdout.splitlines() if ": error: " in line]
    # A mistake with a union is found once for each of its types.
    found = list(dict.fromkeys(re.sub(r"^\w+\.py:(\d+): error: .* \[([\w-]+)\]$", r"\1 \2", line) for line in errors))
    assert bool(found) == bool(said.returncode), said.stdout
    return found


@pytest.fixture(scope="module")
def cache(pytestconfig: pytest.Config) -> Path:
    """A folder that is kept between runs: only what has changed is read again."""
    assert pytestconfig.cache is not None
    return pytestconfig.cache.mkdir("mypy")


def test_a_program_with_every_public_name_is_typed(tmp_path: Path, cache: Path) -> None:
    assert checked(PROGRAM.read_text(encoding="utf-8"), tmp_path, cache) == []


def test_what_is_said_of_a_type_can_be_wrong(tmp_path: Path, cache: Path) -> None:
    text = PROGRAM.read_text(encoding="utf-8")
    assert text.count("assert_type(quote.due_now.minor, int)") == 1
    wrong = text.replace("assert_type(quote.due_now.minor, int)", "assert_type(quote.due_now.minor, str)")
    line = text[: text.index("assert_type(quote.due_now.minor")].count("\n") + 1
    assert checked(wrong, tmp_path, cache) == [f"{line} assert-type"]


def test_mistakes_are_found(tmp_path: Path, cache: Path) -> None:
    text = (HERE / "mistakes.py.txt").read_text(encoding="utf-8")
    lines = enumerate(text.splitlines(), 1)
    expected = [f"{number} {line.rpartition('# ')[2]}" for number, line in lines if "  # " in line]
    assert checked(text, tmp_path, cache) == expected


def test_the_program_has_every_public_name() -> None:
    nodes = [
        node for node in ast.walk(ast.parse(PROGRAM.read_text(encoding="utf-8"))) if isinstance(node, ast.Attribute)
    ]
    used = {(node.value.id, node.attr) for node in nodes if isinstance(node.value, ast.Name)}
    assert {name for module, name in used if module == "crossgrade"} == set(crossgrade.__all__)
    assert {name for module, name in used if module == "serving"} == set(serving.__all__)


def test_the_program_runs(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(PROGRAM), str(POLICIES)], cwd=tmp_path, check=True)
