"""What is told of a member who shows something: one sentence with what is unusual of them, and an amount in words."""

from crossgrade.errors import InvalidFacts
from crossgrade.model.decision import Decision, Quote, Refusal
from crossgrade.model.money import Currency, written
from crossgrade.reviewing.consequence import Witness
from crossgrade.reviewing.dimensions import Ends
from crossgrade.reviewing.laws.subject import Subject
from crossgrade.reviewing.sentences import member
from crossgrade.reviewing.shapes import Shape
from crossgrade.reviewing.titles import Titles
from crossgrade.reviewing.witness import Answer, Chosen


def told(subject: Subject, shape: Shape, who: Chosen) -> str:
    """Return who a member is and what is selected."""
    asked = subject.question(shape, who)
    return member(Witness(shape, who, asked, asked, {}, {}), Titles(subject.policy, subject.policy))


def answered(answer: Answer) -> str:
    """Return what comes out, in few words."""
    if isinstance(answer, Refusal):
        return f"refused ({', '.join(f'`{reason.rule}`' for reason in answer.reasons)})"
    if isinstance(answer, Quote):
        return f"`{answer.rule}`, due now {answer.due_now} {answer.currency.code}"
    return f"the error `{answer.code}`" if isinstance(answer, InvalidFacts) else f"no change (`{answer.rule}`)"


def rules_of(answer: Decision) -> list[str]:
    """Return the rules that a decision names."""
    return [reason.rule for reason in answer.reasons] if isinstance(answer, Refusal) else [answer.rule]


def named(ends: Ends) -> str:
    """Return a price as rules name it."""
    return f"`{ends[0]}/{ends[1]}`"


def amount(minor: int, currency: Currency) -> str:
    """Return an amount with its currency."""
    return f"{written(minor, currency)} {currency.code}"


def counted(number: int, what: str) -> str:
    """Return how many there are of something."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
