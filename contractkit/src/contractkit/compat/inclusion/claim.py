"""A claim: an expression that shall hold, or shall not, and who makes it."""

from typing import NamedTuple

from contractkit.compat.inclusion.expression import Expression


class Claim(NamedTuple):
    """`reader` claims come from the schema that must take everything; others from the writer's."""

    expression: Expression
    holds: bool
    reader: bool

    def denied_by(self, other: "Claim") -> bool:
        """Whether another claim says the opposite of the same expression."""
        return self.expression is other.expression and self.holds is not other.holds

    def about(self, expression: Expression) -> "Claim":
        """Return the same claim about another expression."""
        return Claim(expression, self.holds, self.reader)

    @property
    def denial(self) -> "Claim":
        """The opposite claim."""
        return Claim(self.expression, not self.holds, self.reader)


Claims = frozenset[Claim]
