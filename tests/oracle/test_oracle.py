"""The engine and the oracle agree, field by field, on thousands of random policies and memberships.

ORACLE_POLICIES=5000 soaks, ORACLE_SEED=17 begins elsewhere. A failure shows the policy, the facts and what differs.
"""

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from tests.oracle import comparing, policies
from tests.oracle.evaluator_calendar import interval

import crossgrade

POLICIES = int(os.environ.get("ORACLE_POLICIES", "150"))
FIRST = int(os.environ.get("ORACLE_SEED", "0"))
FACTS = 30
STEPS = 2
SHOWN = 5

Asked = dict[str, Any]


def test_the_engine_agrees_with_the_oracle(tmp_path: Path) -> None:
    failures: list[str] = []
    outcomes: set[str] = set()
    for seed in range(FIRST, FIRST + POLICIES):
        random = Random(seed)
        document = policies.policy(random, supported=False)
        engine = comparing.build(document, tmp_path, matcher="plain" if seed % 30 else "both")
        failures += [f"seed {seed}\n{report}" for report in compared(random, engine, document, outcomes)]
        engine.close()
        if len(failures) >= SHOWN:
            break
    assert not failures, "\n\n".join(failures[:SHOWN])
    assert outcomes >= {"quote", "no_change", "refusal", "error"}


def compared(random: Random, engine: crossgrade.Engine, document: Asked, outcomes: set[str]) -> Iterator[str]:
    for first in comparing.questions(random, document, FACTS):
        yield from renewals(engine, document, first["membership"], first["at"])
        asked: Asked | None = first
        for _ in range(1 + STEPS):
            assert asked is not None
            keys, found = comparing.differences(engine, document, asked)
            outcomes.add(found["outcome"])
            if unknown := unexplained(document, asked, keys):
                yield comparing.report(document, asked, unknown)
            if keys or found["outcome"] != "quote":
                break
            member = found["membership"]
            if member["pending_change"] and random.randrange(3):
                at = member["pending_change"]["at"]
                keys, after = comparing.applied(engine, document, member, at)
                if unknown := unexplained(document, {"membership": member, "selection": {}, "at": at}, keys):
                    yield comparing.report(document, {"apply_pending": member, "at": at}, unknown)
                if keys:
                    break
                found, asked = {"outcome": "quote", "membership": after["membership"]}, {**asked, "at": at}
            elif member["period"]:
                yield from renewals(engine, document, member, member["period"]["end"])
            asked = comparing.onward(random, document, asked, found)


def renewals(engine: crossgrade.Engine, document: Asked, member: Asked, at: str) -> Iterator[str]:
    """What renews, now and at the end of the period, is the same.

    After a trial that a longer kept period outlasts, the contract does not say how long the stub is.
    """
    if member.get("trial_ends") and (member.get("period") or {}).get("every"):
        return
    for moment in dict.fromkeys((at, (member.get("period") or {}).get("end", at))):
        keys, _ = comparing.renewed(engine, document, member, moment)
        if unknown := unexplained(document, {"membership": member, "selection": {}, "at": moment}, keys):
            yield comparing.report(document, {"renew": member, "at": moment}, unknown)


# Differences that are known and reported: each explains lines of its own kind, under its own circumstances, and nothing
# else. Once the engine or the contract changes, take its line away.


def unexplained(document: Asked, asked: Asked, keys: list[str]) -> list[str]:
    return [key for key in keys if not any(known(document, asked, key) for known in KNOWN)]


def four_weeks_are_not_clipped(document: Asked, asked: Asked, key: str) -> bool:
    """Engine: the default billing day takes a period of days that ends with a month for a clipped one."""
    return bool(re.match(r"(upcoming\[\d\]|membership\.(period|billing_day)|next_charge)", key)) and (
        asked["membership"].get("billing_day") is None
    )


def trial_within_bought_time(document: Asked, asked: Asked, key: str) -> bool:
    """Engine: a stub after a trial goes to the next billing date, though time was bought beyond it."""
    period = asked["membership"].get("period")
    if period is None or "'trial'" not in str(document["transitions"]) + str(document.get("terms")):
        return False
    start, end = (datetime.fromisoformat(period[side]) for side in ("start", "end"))
    return key.startswith(("upcoming", "next_charge")) and (end - start).days > longest_days(document, asked)


def longest_days(document: Asked, asked: Asked) -> int:
    """Return the most days that one interval of the membership's price has."""
    body = document["plans"][asked["membership"]["plan"]]["prices"]
    price = body.get(asked["membership"].get("price")) if isinstance(body, dict) else None
    named = NAMED.get(str(asked["membership"].get("price")), "day")
    every = interval(price["every"] if isinstance(price, dict) else named)
    return every.count * 31 if every.kind == "months" else every.count


NAMED = {"weekly": "week", "monthly": "month", "quarterly": "3 months", "half_yearly": "6 months", "yearly": "year"}


def anchor_of_another_interval(document: Asked, asked: Asked, key: str) -> bool:
    """Engine: a trial that ends with its kept period drops an anchor date that would cut a stub there."""
    anchored = isinstance(asked["membership"].get("billing_day"), str)
    return key.startswith("membership.billing_day") and anchored and bool(asked["membership"].get("trial_ends"))


KNOWN = (
    anchor_of_another_interval,
    trial_within_bought_time,
    four_weeks_are_not_clipped,
)
