"""Telemetry: a span of OpenTelemetry for each decision, where that package is installed; it names no facts."""

from collections.abc import Callable
from typing import ParamSpec

from crossgrade.errors import InvalidFacts
from crossgrade.model.decision import Decision, Refusal

SPAN = "crossgrade.decide"

P = ParamSpec("P")


def traced(decide: Callable[P, Decision]) -> Callable[P, Decision]:
    """Return a function that decides as `decide` does and makes a span of each decision.

    Pass the method of an engine: `traced(store.engine("shop").decide)(membership, selection, at=now)`. The span is
    called `crossgrade.decide` and says `crossgrade.policy.id`, `crossgrade.policy.effective`,
    `crossgrade.policy.digest`, `crossgrade.outcome` and `crossgrade.rules`: the rule of a quote or of no change, the
    rules of a refusal. Where facts are unusable its status is an error and `error.type` the code. No fact, amount or
    text of a message is in it.

    Without the package opentelemetry-api (`crossgrade[otel]`) it is `decide` itself that is returned; without a
    configured SDK the spans are made and go nowhere.

    >>> import crossgrade
    >>> decide = traced(crossgrade.load("policies/netflix").decide)
    >>> held = {"plan": "standard", "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-07-01T00:00:00Z"}}
    >>> decide(held, {"plan": "standard"}, at="2026-06-11T00:00:00Z").outcome
    'no_change'
    """
    try:
        from opentelemetry import trace
    except ImportError:
        # Spans are wanted where the host has the package; nothing depends on them.
        return decide

    def decided(*args: P.args, **kwargs: P.kwargs) -> Decision:
        tracer = trace.get_tracer("crossgrade")
        # An exception's text may quote a fact, so the span is not given it.
        with tracer.start_as_current_span(SPAN, record_exception=False, set_status_on_exception=False) as span:
            try:
                decision = decide(*args, **kwargs)
            except InvalidFacts as problem:
                span.set_attribute("error.type", problem.code)
                span.set_status(trace.StatusCode.ERROR, problem.code)
                raise
            if span.is_recording():
                span.set_attributes(_said(decision))
            return decision

    return decided


def _said(decision: Decision) -> dict[str, str | tuple[str, ...]]:
    policy = decision.grounds.policy
    rules = tuple(reason.rule for reason in decision.reasons) if isinstance(decision, Refusal) else (decision.rule,)
    return {
        "crossgrade.policy.id": policy.id,
        "crossgrade.policy.effective": policy.effective.isoformat(),
        "crossgrade.policy.digest": policy.digest,
        "crossgrade.outcome": decision.outcome,
        "crossgrade.rules": rules,
    }
