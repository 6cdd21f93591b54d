"""Fuzzing that is guided by coverage: `python -m tests.fuzz.guided policy|cases|facts [options of libFuzzer]`.

It needs atheris. A fault ends it with a traceback and the input in Base64.
"""

import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

atheris: Any = import_module("atheris")

with atheris.instrument_imports(include=["crossgrade", "yaml"]):
    from tests.fuzz import targets
    from tests.fuzz.hostile import as_json, case_texts, policy_texts

TARGETS: dict[str, Any] = {
    "policy": (targets.reads_policy, policy_texts),
    "cases": (targets.reads_cases, case_texts),
    "facts": (targets.decides, lambda: [as_json(asked) for asked in targets.questions()]),
}


def main() -> None:
    name, *options = sys.argv[1:]
    target, seeds = TARGETS[name]
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(seeds()):
            Path(folder, str(number)).write_bytes(text)
        limits = ["-timeout=20", "-rss_limit_mb=1024", "-max_len=20000", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *limits, *options, folder], lambda content: void(target(content)))
        atheris.Fuzz()


def void(_: object) -> None:
    """libFuzzer wants no answer."""


if __name__ == "__main__":
    main()
