"""The command `explain`: why a decision is what it is, in sentences."""

from crossgrade.cli.exits import CLEAN
from crossgrade.cli.options import (
    AddOns,
    At,
    Facts,
    Format,
    Locale,
    Matcher,
    Plan,
    Policy,
    Price,
    Quantity,
    RemovedAddOns,
    Shown,
)

EXAMPLES = ("crossgrade explain policies/wc-affiliate --facts examples/half-year.json --plan professional",)


def explain(  # noqa: PLR0913 - one parameter an option
    policy: Policy,
    facts: Facts,
    plan: Plan = None,
    price: Price = None,
    quantity: Quantity = None,
    addon: AddOns = None,
    remove_addon: RemovedAddOns = None,
    at: At = None,
    output: Shown = Format.text,
    locale: Locale = None,
    matcher: Matcher = None,
) -> int:
    """Explain a decision in sentences.

    Which rule decided and why, what kept other rules from holding, how each amount came about, where credit went;
    and for a refusal the nearest change of usage, time, payment or facts of your own that would allow it.
    """
    from crossgrade.cli.output import put_json, put_page
    from crossgrade.cli.question import Overrides, ask
    from crossgrade.deciding.explain import explain as explained
    from crossgrade.model.decision import Refusal

    overrides = Overrides(plan, price, quantity, tuple(addon or ()), tuple(remove_addon or ()), at, locale)
    question = ask(policy, facts, matcher, output, overrides)
    decision = question.decide()
    sentences = explained(decision, locale=question.locale)
    if isinstance(decision, Refusal):
        from crossgrade.reviewing.nearest import in_words

        sentences += in_words(question.nearest(), question.locale)
    if output is Format.json:
        put_json({"sentences": list(sentences), "decision": decision.to_dict()})
        return CLEAN
    from rich.text import Text

    from crossgrade.cli.titles import Titles

    heading = Titles(question.engine.policy, question.locale).change(decision.change, question.selection)
    put_page(Text(heading, style="bold"), Text(), *(Text(sentence) for sentence in sentences))
    return CLEAN
