"""A claim: an expression that must hold, or must not, and which side's schema it comes from."""

from typing import NamedTuple

from contractkit.compat.inclusion.expression import Expression


class Claim(NamedTuple):
    """One claim. `reader`: it comes from the reader's schema, otherwise from the writer's."""

    expression: Expression
    holds: bool
    reader: bool

    def denied_by(self, other: "Claim") -> bool:
        """Return whether another claim is the negation of this one."""
        return self.expression is other.expression and self.holds is not other.holds

    def about(self, expression: Expression) -> "Claim":
        """Return the same claim about another expression."""
        return Claim(expression, self.holds, self.reader)

    @property
    def denial(self) -> "Claim":
        """The opposite claim."""
        return Claim(self.expression, not self.holds, self.reader)


Claims = frozenset[Claim]
