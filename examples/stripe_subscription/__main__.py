"""Shows the membership that a subscription at Stripe is, and what its member can change to."""

import json
from pathlib import Path

import stripe

import crossgrade
from checkout.opening import POLICIES
from stripe_subscription.membership import membership_from_stripe

RETRIEVED = Path(__file__).with_name("subscription.json")
"""What `stripe.Subscription.retrieve(id, expand=EXPAND)` returned, in the fields that count."""


def main() -> None:
    """Print both."""
    found = stripe.Subscription.construct_from(json.loads(RETRIEVED.read_text(encoding="utf-8")), None)
    membership = membership_from_stripe(found)
    print(json.dumps(membership, indent=2))
    for offer in crossgrade.load(POLICIES / "shop").offers(membership, at="2026-06-11T12:00:00Z"):
        match offer.decision:
            case crossgrade.Quote(due_now=due):
                print(f"{offer.id:16}{due} {due.currency.code} now")
            case crossgrade.NoChange(message=text):
                print(f"{offer.id:16}{text}")
            case crossgrade.Refusal(reasons=reasons):
                print(f"{offer.id:16}{' '.join(reason.message for reason in reasons)}")


if __name__ == "__main__":
    main()
