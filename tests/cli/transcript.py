"""A transcript: commands as typed, with what they print and their exit codes; `python -m` this file rewrites them."""

import contextlib
import io
import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).with_name("transcripts")
PROMPT = "$ crossgrade"


class _Capture(io.TextIOWrapper):
    """A stream in place of standard input, output or error, with bytes below."""

    def __init__(self, content: bytes = b"") -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8", newline="\n", write_through=True)

    def text(self) -> str:
        self.flush()
        found = self.buffer
        assert isinstance(found, io.BytesIO)
        return found.getvalue().decode()


def run(line: str) -> str:
    """Run a command line in this process and return it as a transcript shows it."""
    from crossgrade.cli import main

    words = shlex.split(line)
    given = b""
    if "<" in words:
        given = Path(words[-1]).read_bytes()
        words = words[: words.index("<")]
    out, err, before = _Capture(), _Capture(), sys.stdin
    sys.stdin = _Capture(given)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(words)
    finally:
        sys.stdin = before
    return f"{PROMPT} {line}".rstrip() + f"\n{out.text()}{err.text()}[{code}]\n"


def again(transcript: str) -> str:
    """Run the commands of a transcript and return what it should say."""
    lines = [line.removeprefix(PROMPT).strip() for line in transcript.splitlines() if line.startswith(PROMPT)]
    return "\n".join(run(line) for line in lines)


if __name__ == "__main__":
    for file in sorted(FOLDER.glob("*.txt")):
        file.write_text(again(file.read_text(encoding="utf-8")), encoding="utf-8")
