"""An exact amount: minor units as a ratio, not yet rounded."""

from fractions import Fraction

from msgspec import Struct

from crossgrade.model.money import RoundingMode, rounded


class Exact(Struct, frozen=True, gc=False):
    """Minor units as numerator / denominator, with a denominator above 0."""

    numerator: int
    denominator: int = 1

    def rounded(self, mode: RoundingMode) -> int:
        """Return whole minor units."""
        return self.numerator if self.denominator == 1 else rounded(self.numerator, self.denominator, mode)

    def fraction(self) -> Fraction:
        """Return the same number as a Fraction, for sums; slower."""
        return Fraction(self.numerator, self.denominator)

    def at_most(self, limit: "Exact") -> "Exact":
        """Return the lesser of this and a limit."""
        return limit if self.numerator * limit.denominator > limit.numerator * self.denominator else self

    def times(self, numerator: int, denominator: int) -> "Exact":
        """Return the product with a ratio."""
        return Exact(self.numerator * numerator, self.denominator * denominator)
