"""Options that several commands have."""

from typing import Annotated

import typer

Email = Annotated[str | None, typer.Option(help="Who signs in; by default the demo team's member.")]
BaseUrl = Annotated[
    str | None, typer.Option(help="The origin; by default that of the running `slipway up`.")
]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on; 0 chooses a free one.")]
WithParent = Annotated[
    bool, typer.Option("--with-parent", hidden=True, help="End when standard input closes.")
]
