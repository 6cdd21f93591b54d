"""The page of conformance is current, and what it counts is consistent."""

from collections import Counter

import pytest
from tests.conformance.report import PAGE, System, examples_in, page, systems


@pytest.fixture(scope="module")
def found() -> list[System]:
    return systems()


def test_the_page_is_current(found: list[System]) -> None:
    message = "run `python -m tests.conformance.report --write`"
    assert PAGE.read_text(encoding="utf-8") == page(found), message


def test_no_example_is_run_and_left_out(found: list[System]) -> None:
    run = {example for system in found for example in system.examples}
    assert sorted(run & {id for system in found for id, _ in system.left_out}) == []


def test_no_example_is_left_out_twice(found: list[System]) -> None:
    counted = Counter(id for system in found for id, _ in system.left_out)
    assert [id for id, times in counted.items() if times > 1] == []


def test_what_is_verified_has_examples(found: list[System]) -> None:
    assert [system.name for system in found if system.evidence == "verified against" and not system.examples] == []


@pytest.mark.parametrize(
    ("source", "ids"),
    [
        ("a page (stripe-halfway-upgrade)", {"stripe-halfway-upgrade"}),
        ("the tutorial (U4); ULT-D01, ULT-T105", {"ULT-D01", "ULT-T105"}),
        ("a test (killbill-002, killbill-003)", {"killbill-002", "killbill-003"}),
        ("its source (as ULT-D14)", set()),
        ("modelled on killbill-002 (killbill-003)", set()),
        ("a page without examples", set()),
    ],
)
def test_ids_are_found_in_a_source(source: str, ids: set[str]) -> None:
    assert examples_in(source) == ids
