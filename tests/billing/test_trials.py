"""Trials, worked out by hand."""

from typing import Any

import pytest
from tests.billing.tables import cases, play


@pytest.mark.parametrize("case", cases("trials"))
def test_trials(case: dict[str, Any]) -> None:
    play(case)
