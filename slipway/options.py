"""Options that several commands have."""

from typing import Annotated

import typer

Email = Annotated[str | None, typer.Option(help="Who signs in; by default the demo team's member.")]
BaseUrl = Annotated[
    str | None, typer.Option(help="The origin; by default that of the running `slipway up`.")
]
