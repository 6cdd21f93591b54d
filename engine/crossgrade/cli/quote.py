"""The command `quote`: what a change costs now and next, and why."""

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

EXAMPLES = (
    "crossgrade quote policies/wc-affiliate --facts examples/half-year.json --plan professional",
    "crossgrade quote policies/wc-affiliate --facts examples/downgrade.yaml --locale de",
)


def quote(  # noqa: PLR0913 - one parameter an option
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
    """Quote a change: what it costs now and next.

    Or why it is refused, every reason at once. What is not selected stays as it is.
    """
    from crossgrade.cli.output import put_json, put_page
    from crossgrade.cli.question import Overrides, ask

    overrides = Overrides(plan, price, quantity, tuple(addon or ()), tuple(remove_addon or ()), at, locale)
    question = ask(policy, facts, matcher, output, overrides)
    decision = question.decide()
    if output is Format.json:
        put_json(decision.to_dict())
        return CLEAN
    from crossgrade.cli.statement import Statement
    from crossgrade.cli.titles import Titles

    titles = Titles(question.engine.policy, question.locale)
    put_page(*Statement(decision, titles, titles.change(decision.change, question.selection)).parts())
    return CLEAN
