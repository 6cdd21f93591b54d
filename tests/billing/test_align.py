"""Aligned billing dates, worked out by hand."""

from typing import Any

import pytest
from tests.billing.tables import cases, play


@pytest.mark.parametrize("case", cases("align"))
def test_align(case: dict[str, Any]) -> None:
    play(case)
