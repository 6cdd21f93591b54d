"""Large random policies of plan changes, whose outcomes can be said in logic: the terms named, the refusals."""

from copy import deepcopy
from random import Random
from typing import Any

from tests.reviewing.soundness.small_policies import STATUSES, chance

Document = dict[str, Any]
Rule = dict[str, Any]

COUNTRIES = ("US", "DE", "FR", "JP", "GB")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NUMBERS: dict[str, tuple[int, ...]] = {
    "membership.days_used": (0, 5, 10, 15, 20, 28),
    "membership.days_left": (0, 1, 5, 10, 20, 30),
    "membership.period_days": (28, 30, 31),
    "membership.changes_this_period": (0, 1, 2, 3),
    "membership.age_days": (0, 30, 90, 365),
    "usage.sites": (0, 5, 20, 50, 100),
    "customer.level": (-1, 0, 1, 2, 5),
}
WORDS: dict[str, tuple[str, ...]] = {
    "membership.status": STATUSES,
    "customer.country": COUNTRIES,
    "at.weekday": WEEKDAYS,
}
FLAGS = ("membership.trialing", "membership.payment_pending", "exceeds.sites", "customer.staff")
KINDS = ("any", "plan_change", "upgrade", "downgrade", "upgrade", "downgrade", "reactivation")

AT_ONCE = ("at-once", "kept", "with-fee")
TERMS = {
    "at-once": {"billing_date": "restart", "charge": "full", "credit": "none"},
    "kept": {"billing_date": "keep", "charge": "none", "credit": "none"},
    "with-fee": {"billing_date": "restart", "charge": "full", "credit": "none", "fee": 7},
    "later": {"effective": "period_end"},
}
"""Four kinds of terms, each of which callers can tell from any other."""


def policy(random: Random, plans: int, rules: int) -> Document:
    """Return a policy of so many plans, each granting sites by its rank, and so many rules, a third restrictions."""
    ids = [plan_id(number) for number in range(plans)]
    return {
        "policy": "large",
        "effective": "2026-01-01",
        "currency": "USD",
        "entitlements": {"sites": {"type": "integer"}},
        "plans": {id: _plan(number) for number, id in enumerate(ids)},
        "families": {"all": ids},
        "facts": {
            "customer.level": {"type": "integer", "default": 0},
            "customer.staff": {"type": "boolean", "default": False},
            "customer.country": {"type": "string", "one_of": list(COUNTRIES), "default": "US"},
        },
        "restrictions": [restriction(random, ids, number) for number in range(rules // 3)],
        "transitions": [transition(random, ids, number) for number in range(rules - rules // 3)],
        "terms": deepcopy(TERMS),
    }


def plan_id(number: int) -> str:
    """Return the id of a plan."""
    return f"plan-{number:02}"


def grant(number: int) -> int:
    """Return the sites that a plan grants."""
    return 7 * number


def _plan(number: int) -> Document:
    return {"prices": {"monthly": 10 + number}, "entitlements": {"sites": grant(number)}}


def restriction(random: Random, ids: list[str], number: int) -> Rule:
    """Return a restriction; some have the same message."""
    found: Rule = {"id": f"forbidden-{number}", "message": f"Forbidden {number // 2}."}
    if chance(random, 70):
        found["change"] = random.choice(KINDS)
    return {**found, **_ends(random, ids), "when": condition(random)}


def transition(random: Random, ids: list[str], number: int) -> Rule:
    """Return a transition; one in ten refuses."""
    found: Rule = {"id": f"way-{number}", "change": random.choice(KINDS), **_ends(random, ids)}
    if chance(random, 90):
        found["when"] = condition(random)
    return (
        {**found, "refuse": f"Refused {number % 3}."}
        if chance(random, 10)
        else {**found, "terms": random.choice(list(TERMS))}
    )


def _ends(random: Random, ids: list[str]) -> Rule:
    """Return where a rule leads from and to: most name some plans."""
    found: Rule = {}
    if chance(random, 90):
        found["from"] = sorted(random.sample(ids, max(len(ids) // 5, 1)))
    if chance(random, 90):
        found["to"] = sorted(random.sample(ids, max(len(ids) // 4, 1)))
    return found


def condition(random: Random, depth: int = 0) -> Rule:
    """Return a condition of some facts, now and then with parts."""
    found = {}
    for fact in random.sample([*NUMBERS, *WORDS, *FLAGS], random.choice((1, 2, 2, 3))):
        found.update(_test(random, fact))
    if depth == 0 and chance(random, 25):
        found[random.choice(("all", "any", "none"))] = [condition(random, 1) for _ in range(2)]
    return found


def _test(random: Random, fact: str) -> Rule:
    if fact in FLAGS:
        return {fact: chance(random, 50)}
    if fact in WORDS:
        some = random.sample(WORDS[fact], random.choice((1, 2, 3)))
        return {fact: {"not": some} if chance(random, 30) else some}
    one, other = sorted(random.sample(NUMBERS[fact], 2))
    return {fact: random.choice(({"at_least": one}, {"at_most": one}, {"less_than": other}, {"between": [one, other]}))}


def edited(random: Random, document: Document, count: int) -> Document:
    """Return the policy with so many rules edited: their conditions, terms, places or themselves."""
    found = deepcopy(document)
    ids = list(found["plans"])
    for number in range(count):
        section = random.choice(("restrictions", "transitions", "transitions"))
        rules: list[Rule] = found[section]
        place = random.randrange(len(rules))
        how = random.randrange(5)
        if how == 0 and rules[place].get("terms"):
            rules[place]["terms"] = random.choice(list(TERMS))
        elif how == 1:
            other = random.randrange(len(rules))
            rules[place], rules[other] = rules[other], rules[place]
        elif how == 2:
            make = restriction if section == "restrictions" else transition
            rules.insert(place, make(random, ids, 1_000 + number))
        elif how == 3:
            del rules[place]
        else:
            rules[place]["when"] = {**rules[place].get("when", {}), **condition(random, 1)}
    return found
