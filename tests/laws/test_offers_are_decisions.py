"""An offer is a decision: what is offered is what is answered when it is selected."""

import json

from hypothesis import given, settings
from tests.laws.strategies import Question, questions

from crossgrade import InvalidFacts, Offer


def selection(offer: Offer) -> dict[str, object]:
    if offer.addon is None:
        return {"plan": offer.plan, "price": offer.price}
    return {"add_addons": {offer.addon: {"quantity": 1, "price": offer.price}}}


@settings(max_examples=settings().max_examples // 4)
@given(questions())
def test_offers_are_decisions(question: Question) -> None:
    asked = question.asked
    own = {name: asked.get(name) for name in ("usage", "customer", "request")}
    try:
        offers = question.engine.offers(asked["membership"], at=asked["at"], **own)
    except InvalidFacts:
        return
    for offer in offers:
        again = question.decide(selection=selection(offer))
        assert {**again.to_dict(), "id": None} == {**offer.decision.to_dict(), "id": None}
        assert (offer.decision.outcome == "quote") == offer.choosable
    assert sum(offer.current for offer in offers if offer.addon is None) == 1
    assert json.dumps([offer.to_dict() for offer in offers])
