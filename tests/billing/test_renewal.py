"""What renews, worked out by hand."""

from typing import Any

import pytest
from tests.billing.tables import cases, play


@pytest.mark.parametrize("case", cases("renewal"))
def test_renewal(case: dict[str, Any]) -> None:
    play(case)
