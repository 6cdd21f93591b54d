"""Arguments that cannot be used are unusable input, code 3; help is a clean answer and shows its examples."""

import pytest
from tests.cli.transcript import ROOT, run

from crossgrade.cli.app import COMMANDS

QUOTE = "quote policies/wc-affiliate --facts examples/half-year.json"

# Only the part of each message that is not the parser's to reword.
REFUSED = [
    ("qoute", "qoute"),
    ("quote", "POLICY"),
    ("quote policies/wc-affiliate", "--facts"),
    (f"{QUOTE} --plna professional", "--plna"),
    (f"{QUOTE} --format xml", "--format"),
    (f"{QUOTE} --quantity two", "--quantity"),
    (f"{QUOTE} --matcher regex", "--matcher"),
    (f"{QUOTE} --plan", "--plan"),
    ("check", "PATH"),
    ("check policies --format sarif", "--format"),
    ("offers policies/wc-affiliate --facts examples/half-year.json --plan agency", "--plan"),
]


@pytest.mark.parametrize(("line", "named"), REFUSED)
def test_refused(line: str, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    _, said, *_, help_, code = run(line).splitlines()
    assert said.startswith("error: ")
    assert named in said
    assert help_.startswith("See `crossgrade")
    assert code == "[3]"


@pytest.mark.parametrize(("name", "examples"), [(name, examples) for name, _, examples in COMMANDS])
def test_help(name: str, examples: tuple[str, ...]) -> None:
    said = run(f"{name} --help")
    assert said.endswith("[0]\n")
    assert all(f"\n    {example}\n" in said for example in examples)


def test_help_lists_the_commands_and_no_others() -> None:
    said = run("--help").partition("Commands:\n")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in said.splitlines()] == [name for name, _, _ in COMMANDS]


def test_without_arguments_help_is_shown() -> None:
    said = run("").splitlines()
    assert said[1:-1] == run("--help").splitlines()[1:-1]
    assert said[-1] == "[3]"
