"""The command line: commands parse and print, and nothing else."""

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from crossgrade.cli.exits import BROKEN, CLEAN, UNUSABLE, ClosedPipeError, UnusableError
from crossgrade.errors import InvalidPolicy


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 clean, 1 errors found, 2 differences, 3 unusable, 4 internal error."""
    border = _Border()
    code = CLEAN
    with border:
        code = _run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    return border.code if border.code is not None else code


def _run(arguments: list[str]) -> int:
    from crossgrade.cli.app import refusals, run

    _never_fail_to_print()
    try:
        return run(arguments)
    except refusals() as refusal:
        _say(refusal)
    except UnusableError as problem:
        sys.stderr.write(f"{problem}\n")
    except InvalidPolicy as problem:
        sys.stderr.write(f"{problem}\n")
    except ClosedPipeError:
        return _closed_pipe()
    except KeyboardInterrupt:
        return 130
    return UNUSABLE


def _never_fail_to_print() -> None:
    """Let a terminal that cannot show `→` show `?`, in place of an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _say(refusal: Exception) -> None:
    """Say what is wrong with the arguments, the way the parser puts it."""
    where = getattr(refusal, "ctx", None)
    message = getattr(refusal, "format_message", lambda: str(refusal))().strip()
    path = where.command_path if where is not None else "crossgrade"
    sys.stderr.write(f"error: {message}\nSee `{path} --help`.\n")


def _closed_pipe() -> int:
    """Stop quietly when the reader has seen enough, such as `head`."""
    import os

    # Python flushes at exit and would complain about the closed pipe again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return CLEAN


class _Border:
    """The last resort: sees every mistake of ours pass, and lets it through only where it is asked to."""

    def __init__(self) -> None:
        self.code: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        import os

        if isinstance(error, BrokenPipeError):
            self.code = _closed_pipe()
            return True
        if kind is None or not issubclass(kind, Exception) or error is None:
            return False
        self.code = BROKEN
        if os.environ.get("CROSSGRADE_DEBUG"):
            import traceback

            traceback.print_exception(error)
        sys.stderr.write(_report(error))
        return True


def _report(error: BaseException) -> str:
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    return (
        f"internal error: {what}\n"
        "This is a mistake in crossgrade, not in your files. Please report it with the command you ran;\n"
        "CROSSGRADE_DEBUG=1 shows where it happened.\n"
    )
