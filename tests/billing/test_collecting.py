"""What is collected, worked out by hand."""

from typing import Any

import pytest
from tests.billing.tables import cases, play


@pytest.mark.parametrize("case", cases("collecting"))
def test_collecting(case: dict[str, Any]) -> None:
    play(case)
