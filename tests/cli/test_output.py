"""On a terminal of any width every amount is whole."""

import os
import pty
import re
import subprocess
import sys

import pytest
from tests.cli.transcript import ROOT

OFFERS = ("offers", "tests/cli/network", "--facts", "tests/cli/facts/basic.yaml")
QUOTE = ("quote", "tests/cli/network", "--facts", "tests/cli/facts/basic.yaml", "--plan", "premium")


def _on_a_terminal(columns: int, *arguments: str) -> str:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT.joinpath("engine")), "COLUMNS": str(columns), "TERM": "xterm"}
    command = [sys.executable, "-m", "crossgrade", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=theirs) as process:
        os.close(theirs)
        found = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    assert process.returncode == 0
    return found.decode()


def _read(ours: int) -> bytes:
    try:
        return os.read(ours, 65536)
    except OSError:
        # Linux reports the end of a terminal as an error.
        return b""


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 120])
@pytest.mark.parametrize(
    ("arguments", "amounts", "words"),
    [
        (OFFERS, ("$1,500.00 once", "$150.00 / year", "$243.00"), "lifetime plan. includes one more"),
        (QUOTE, ("-$7.50", "$45.00", "$30.00"), "decides, 100, domain"),
    ],
    ids=["offers", "quote"],
)
def test_nothing_is_cut_off(columns: int, arguments: tuple[str, ...], amounts: tuple[str, ...], words: str) -> None:
    said = _on_a_terminal(columns, *arguments)
    assert "\x1b[" in said
    plain = re.sub(r"\x1b\[[0-9;]*m", "", said)
    assert all(amount in plain for amount in amounts)
    assert set(words.split()) <= set(plain.split())
    assert "…" not in plain
