"""What only a process of its own shows: the entry point, pipes, encodings, start-up and the last resort."""

import json
import os
import subprocess
import sys

import pytest
from tests.cli.transcript import ROOT

HALF_YEAR = ROOT.joinpath("examples", "half-year.jsonl").read_bytes().splitlines(keepends=True)
QUOTE = ("quote", "policies/wc-affiliate", "--facts", "examples/half-year.json", "--plan", "professional")
DECIDE = ("decide", "policies/wc-affiliate")


def _environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT.joinpath("engine")), "PYTHONUTF8": "1", **more}


def _crossgrade(*arguments: str, given: bytes = b"", **more: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "crossgrade", *arguments]
    return subprocess.run(command, cwd=ROOT, env=_environment(**more), input=given, capture_output=True, check=False)


def _started(*arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "crossgrade", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=_environment(), stdin=pipe, stdout=pipe, stderr=pipe)


def test_quote() -> None:
    done = _crossgrade(*QUOTE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "79.00 × 6 of 12 months        -$39.50" in done.stdout.decode()
    assert b"\x1b" not in done.stdout


def test_misspelt_option() -> None:
    done = _crossgrade(*QUOTE, "--locael", "de")
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"No such option: --locael" in done.stderr


def test_terminal_without_unicode() -> None:
    done = _crossgrade(*QUOTE, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"79.00 ? 6 of 12 months" in done.stdout


def test_json_without_unicode() -> None:
    done = _crossgrade(*QUOTE, "--format", "json", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert json.loads(done.stdout)["lines"][1]["how"] == "79.00 × 6 of 12 months"


def test_decide_answers_each_line_before_the_next() -> None:
    with _started(*DECIDE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line, due in zip(HALF_YEAR, ("139.50", "0.00"), strict=True):
            process.stdin.write(line)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["due_now"] == due
        process.stdin.close()
        assert process.stdout.read() == b""
    assert process.returncode == 0


def test_decide_stops_quietly_when_nobody_reads() -> None:
    with _started(*DECIDE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(HALF_YEAR[0])
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(HALF_YEAR[0])
        process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], {"rich", "babel", "jsonschema", "yaml", "iso4217", "json.tool"}),
        (["quote", "--help"], {"rich", "babel", "jsonschema", "yaml", "iso4217"}),
        (["check", "policies/wc-affiliate"], {"rich", "babel"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_only_what_is_needed_is_imported(arguments: list[str], heavy: set[str]) -> None:
    program = f"import sys; from crossgrade.cli import main; main({arguments!r}); print(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, check=True, text=True)
    assert not heavy & set(done.stderr.split())


@pytest.mark.parametrize(("debug", "traced"), [("", False), ("1", True)])
def test_a_mistake_of_ours_is_code_4(debug: str, traced: bool) -> None:  # noqa: FBT001
    program = "import sys; from crossgrade.cli import main; sys.stdin = None; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, *DECIDE]
    environment = _environment(CROSSGRADE_DEBUG=debug)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False, text=True)
    assert done.returncode == 4
    assert "internal error: AttributeError: 'NoneType' object has no attribute 'buffer'\n" in done.stderr
    assert ("Traceback" in done.stderr) is traced
