"""Whatever comes in as a policy, as cases or as facts: an answer or a documented error, soon, and never a crash."""

import os
from datetime import timedelta

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fuzz import targets
from tests.fuzz.hostile import (
    as_json,
    as_yaml,
    bent_bytes,
    bent_trees,
    case_documents,
    case_texts,
    documents,
    policy_texts,
)

SOAK = os.environ.get("CROSSGRADE_SOAK")
fuzzed = settings(
    max_examples=int(SOAK or "120"),
    derandomize=not SOAK,
    deadline=timedelta(seconds=20),  # what takes so long hangs
    database=None,
    suppress_health_check=list(HealthCheck),
)


@fuzzed
@given(st.one_of(st.binary(max_size=300), bent_bytes(policy_texts)))
def test_bytes_as_a_policy(content: bytes) -> None:
    targets.reads_policy(content)


@fuzzed
@given(bent_bytes(policy_texts))
def test_bytes_as_a_policy_where_yaml_has_no_c_parser(content: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader", raising=False)
        targets.reads_policy(content)


@fuzzed
@given(bent_trees(documents).map(as_yaml))
def test_trees_shaped_like_policies(content: bytes) -> None:
    targets.reads_policy(content)


@fuzzed
@given(st.one_of(bent_bytes(case_texts), bent_trees(case_documents).map(as_yaml)))
def test_cases(content: bytes) -> None:
    targets.reads_cases(content)


@fuzzed
@given(bent_trees(targets.questions).map(as_json))
def test_facts(body: bytes) -> None:
    targets.decides(body)


@fuzzed
@given(st.one_of(st.binary(max_size=200), bent_bytes(lambda: [as_json(asked) for asked in targets.questions()])))
def test_bytes_as_facts(body: bytes) -> None:
    targets.decides(body)
