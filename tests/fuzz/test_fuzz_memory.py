"""Whatever is refused leaves nothing behind: the same hostile input again and again takes no more memory."""

import gc
import tracemalloc
from random import Random

from tests.fuzz import targets
from tests.fuzz.hostile import PIECES, as_json, policy_texts

INPUTS = 60


def inputs() -> list[tuple[bytes, bytes]]:
    """Return bent policies and bent facts, the same ones in every run."""
    random = Random(20)
    policies, facts = policy_texts(), [as_json(asked) for asked in targets.questions()]
    return [(bent(random, random.choice(policies)), bent(random, random.choice(facts))) for _ in range(INPUTS)]


def bent(random: Random, text: bytes) -> bytes:
    place = random.randrange(len(text))
    return text[:place] + random.choice(PIECES) + text[place + random.randrange(4) :]


def test_refused_input_leaves_nothing_behind() -> None:
    asked = inputs()

    def ask() -> None:
        for policy, facts in asked:
            targets.reads_policy(policy)
            targets.decides(facts)

    ask()
    ask()
    gc.collect()
    tracemalloc.start()
    try:
        ask()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        ask()
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 50_000, f"{grown:,} bytes more"
