"""Who signs in, and where: what a command was told, else the demo user of the running stack."""

import typer

from backbone.settings import Settings
from slipway.admin.password_input import secret
from slipway.demo import Credentials
from slipway.run_file import read


def who(settings: Settings, email: str | None, base_url: str | None) -> tuple[str, Credentials]:
    """Return the origin and the credentials; asks for what it is not told.

    Raises:
        NotRunningError: no origin was named, and no `slipway up` runs in this home.
    """
    run = None if email and base_url else read(settings.slipway_home)
    if email is None and run is not None and run.demo_email and run.demo_password:
        credentials = Credentials(run.demo_email, run.demo_password)
    else:
        credentials = Credentials(email or typer.prompt("E-mail", err=True), secret("Password"))
    return base_url or (run.base_url if run else ""), credentials
