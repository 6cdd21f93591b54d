"""Coverage: which rules, terms and credits the decisions of an engine rested on."""

from collections.abc import Iterable, Iterator

from crossgrade.cases.report import Coverage
from crossgrade.deciding.engine import Engine
from crossgrade.model.decision import Decision, NoChange, Quote
from crossgrade.model.policy import Policy


class Reached:
    """An engine, and which rules, terms and credits its decisions rested on so far."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._seen: set[tuple[str, str]] = set()

    def note(self, decision: Decision) -> None:
        """Note what a decision rested on."""
        if isinstance(decision, Quote):
            self._note_rule(decision.rule)
            self._note_terms(decision)
            self._seen |= {("credits", entry.rule) for entry in decision.trace if entry.section == "credits"}
        elif isinstance(decision, NoChange):
            self._note_rule(decision.rule)
        else:
            for reason in decision.reasons:
                self._note_rule(reason.rule)

    def _note_rule(self, rule: str) -> None:
        self._seen |= {(section, rule) for section in ("no_change", "restrictions", "transitions")}

    def _note_terms(self, quote: Quote) -> None:
        """Note the terms of the transition, in the version that decided."""
        for policy in self.engine.versions.policies:
            if policy.effective == quote.grounds.policy.effective:
                terms = {rule.id: rule.terms for rule in policy.transitions}.get(quote.rule)
                self._seen |= {("terms", terms.id)} if terms is not None and terms.id else set()

    def coverage(self, policy: str) -> Coverage:
        """Return what was never reached; rules of several versions with the same id count once."""
        everything = dict.fromkeys(item for version in self.engine.versions.policies for item in _reachable(version))
        return Coverage(policy, len(everything), tuple(item for item in everything if item not in self._seen))


def _reachable(policy: Policy) -> Iterator[tuple[str, str]]:
    """Return the rules, terms and credits of a version, as (section, id)."""
    sections: tuple[tuple[str, Iterable[str]], ...] = (
        ("no_change", (rule.id for rule in policy.no_change)),
        ("restrictions", (rule.id for rule in policy.restrictions)),
        ("transitions", (rule.id for rule in policy.transitions)),
        ("terms", policy.terms),
        ("credits", policy.credits),
    )
    return ((section, id) for section, ids in sections for id in ids)
