"""The example of every help page works as it stands."""

import pytest
from tests.cli.transcript import PROMPT, ROOT, run

from crossgrade.cli.app import COMMANDS

LINES = [line.removeprefix("crossgrade ") for _, _, examples in COMMANDS for line in examples]


@pytest.mark.parametrize("line", LINES)
def test_example(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    said = run(line)
    assert said.startswith(f"{PROMPT} {line}\n")
    assert said.endswith(("\n[0]\n", "\n[2]\n"))


def test_junit(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    file = tmp_path_factory.mktemp("junit").joinpath("report.xml")
    assert run(f"test tests/cli/failing --junit {file}").endswith("1 passed, 1 failed\n[1]\n")
    expected = ROOT.joinpath("tests", "cli", "failing", "report.xml").read_text(encoding="utf-8")
    assert file.read_text(encoding="utf-8").strip() == expected.strip()


def test_junit_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    said = run("test tests/cli/failing --junit nowhere/report.xml")
    assert said.endswith("error: --junit nowhere/report.xml: No such file or directory\n[3]\n")
