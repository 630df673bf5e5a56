"""How a simulated environment's status goes on: so many polls or seconds in each status."""

from __future__ import annotations

from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

RUNNING: Final = 1
DOWN: Final = 2
LAUNCHING: Final = 3
CREATING: Final = 6
NOT_EXISTS: Final = 8
BROKEN: Final = 11


class Step(BaseModel):
    """One status, for `polls` answers that tell of it or for `seconds`; with neither, for good."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: int
    polls: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if self.polls is not None and self.seconds is not None:
            msg = "a step lasts for polls or for seconds, not both"
            raise ValueError(msg)
        return self

    def is_over(self, polls: int, seconds: float) -> bool:
        """Return whether the step ended after `polls` answers and `seconds`."""
        if self.polls is not None:
            return polls >= self.polls
        return self.seconds is not None and seconds >= self.seconds


Plan = tuple[Step, ...]

INSTANT: Final[Plan] = (Step(status=RUNNING),)
DEFAULT: Final[Plan] = (
    Step(status=CREATING, polls=1),
    Step(status=LAUNCHING, polls=1),
    Step(status=RUNNING),
)
BREAKS: Final[Plan] = (Step(status=CREATING, polls=1), Step(status=BROKEN))
SLOW: Final[Plan] = (
    Step(status=CREATING, seconds=4),
    Step(status=LAUNCHING, seconds=4),
    Step(status=RUNNING),
)
STUCK: Final[Plan] = (Step(status=CREATING),)
