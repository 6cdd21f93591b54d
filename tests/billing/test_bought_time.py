"""Credit that becomes time, worked out by hand."""

from typing import Any

import pytest
from tests.billing.tables import cases, play


@pytest.mark.parametrize("case", cases("bought-time"))
def test_bought_time(case: dict[str, Any]) -> None:
    play(case)
