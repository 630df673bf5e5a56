"""Names who acts in the audit log: the principal, and the address that the request came from."""

from __future__ import annotations

from backbone.audit import Actor
from backbone.identity import Principal
from service.middleware.request_context import current_peer


def acting(principal: Principal) -> Actor:
    """Return the actor behind the current request."""
    name = f"user:{principal.user_id}"
    if principal.api_token_id is not None:
        name += f" token:{principal.api_token_id}"
    return Actor(name, current_peer().address, principal.user_id)
