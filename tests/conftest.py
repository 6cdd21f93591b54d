"""The folder of tests is importable from the repository's root, and a missing C extension is a failure."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


def pytest_sessionstart(session: pytest.Session) -> None:
    from crossgrade.matching import available

    if not available() and (os.environ.get("CI") or os.environ.get("CROSSGRADE_REQUIRE_DURABLE")):
        pytest.exit("durable-rules cannot be imported; `make test` installs it with the flag it needs", returncode=1)
