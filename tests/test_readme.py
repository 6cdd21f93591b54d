"""The README is true: its transcripts, its policy and its Python print what it says."""

import contextlib
import io
import re
import sys

import pytest
from tests.cli.transcript import ROOT, run

README = ROOT.joinpath("README.md")
CONSOLE = re.compile(r"(```console\n)(.*?)(```)", re.DOTALL)
POLICY = re.compile(r"<!-- (\S+) -->\n```yaml\n(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```\n\n```\n(.*?)```", re.DOTALL)


def printed(block: re.Match[str]) -> str:
    command = block[2].splitlines()[0].removeprefix("$ crossgrade ")
    shown = run(command).rpartition("[")[0]
    return f"{block[1]}{shown}{block[3]}"


@pytest.fixture(autouse=True)
def _in_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "120")


def test_the_transcripts() -> None:
    text = README.read_text("utf-8")
    assert len(CONSOLE.findall(text)) == 4
    assert CONSOLE.sub(printed, text) == text


def test_the_policy() -> None:
    (shown,) = POLICY.findall(README.read_text("utf-8"))
    assert ROOT.joinpath(shown[0]).read_text("utf-8") == shown[1]


def test_the_python() -> None:
    ((code, output),) = PYTHON.findall(README.read_text("utf-8"))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "README.md", "exec"), {})
    assert out.getvalue() == output


def test_the_links() -> None:
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README.read_text("utf-8")):
        assert ROOT.joinpath(target).exists(), target


if __name__ == "__main__":
    README.write_text(CONSOLE.sub(printed, README.read_text("utf-8")), "utf-8")
    sys.exit()
