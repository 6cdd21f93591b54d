"""A decision that is traced makes one span, which says by which policy and rule it was decided, and no fact."""

import doctest
import sys
from collections.abc import Iterator, Sequence

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.conftest import ROOT
from tests.serving.shop import AT, MEMBERSHIP, policy

from crossgrade import Engine, InvalidFacts, load
from crossgrade.serving import telemetry, traced

PREMIUM = {"plan": "premium"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    file = tmp_path_factory.mktemp("shop") / "policy.yaml"
    file.write_text(policy(20), encoding="utf-8")
    return load(file)


@pytest.fixture(scope="module")
def exporting() -> InMemorySpanExporter:
    """The provider can be set once in a process."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


@pytest.fixture
def spans(exporting: InMemorySpanExporter) -> Iterator[InMemorySpanExporter]:
    exporting.clear()
    yield exporting
    exporting.clear()


def written(spans: Sequence[ReadableSpan]) -> str:
    return "".join(span.to_json() for span in spans)


@pytest.mark.parametrize(
    ("points", "selection", "outcome", "rules"),
    [
        (23, PREMIUM, "quote", ("move",)),
        (23, {"plan": "basic"}, "no_change", ("same-selection",)),
        (7, PREMIUM, "refusal", ("too-few",)),
    ],
)
def test_a_decision_makes_a_span(
    engine: Engine,
    spans: InMemorySpanExporter,
    points: int,
    selection: dict[str, str],
    outcome: str,
    rules: tuple[str, ...],
) -> None:
    decision = traced(engine.decide)(MEMBERSHIP, selection, at=AT, customer={"points": points})
    assert decision.to_dict() == engine.decide(MEMBERSHIP, selection, at=AT, customer={"points": points}).to_dict()
    (span,) = spans.get_finished_spans()
    assert span.name == "crossgrade.decide"
    assert span.status.is_unset
    assert span.attributes == {
        "crossgrade.policy.id": "shop",
        "crossgrade.policy.effective": "2025-01-01",
        "crossgrade.policy.digest": engine.policy.digest,
        "crossgrade.outcome": outcome,
        "crossgrade.rules": rules,
    }


def test_unusable_facts_are_an_error_that_quotes_none_of_them(engine: Engine, spans: InMemorySpanExporter) -> None:
    with pytest.raises(InvalidFacts, match="xyzzy"):
        traced(engine.decide)(MEMBERSHIP, {"plan": "xyzzy"}, at=AT)
    (span,) = spans.get_finished_spans()
    assert span.attributes == {"error.type": "unknown_plan"}
    assert (span.status.status_code, span.status.description) == (trace.StatusCode.ERROR, "unknown_plan")
    assert span.events == ()
    assert "xyzzy" not in written([span])


def test_a_span_is_the_child_of_the_span_it_is_made_in(engine: Engine, spans: InMemorySpanExporter) -> None:
    with trace.get_tracer("host").start_as_current_span("request") as request:
        traced(engine.decide)(MEMBERSHIP, PREMIUM, at=AT, customer={"points": 23})
    decided, _ = spans.get_finished_spans()
    assert decided.parent is not None
    assert decided.parent.span_id == request.get_span_context().span_id


def test_nothing_is_traced_by_itself(engine: Engine, spans: InMemorySpanExporter) -> None:
    engine.decide(MEMBERSHIP, PREMIUM, at=AT, customer={"points": 23})
    assert spans.get_finished_spans() == ()


def test_without_the_package_it_is_the_function_itself(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    decide = engine.decide
    assert traced(decide) is decide


def test_the_example_of_the_docstring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    found = doctest.testmod(telemetry)
    assert (found.failed, found.attempted) == (0, 4)
