"""Who may connect and to what: credentials, virtual hosts, and what all connections share."""

import hmac
from collections.abc import Callable, Collection, Iterable

from slipway.amqp.errors import NOT_ALLOWED, FatalError
from slipway.amqp.limits import Limits
from slipway.amqp.message_memory import MessageMemory
from slipway.amqp.replies import Replies
from slipway.amqp.store import Store
from slipway.amqp.vhost import VirtualHost


class Directory:
    """The shared state of a broker.

    `allowed` closes the list of virtual hosts; None makes any at its first connection.
    """

    def __init__(
        self,
        user: str,
        password: str,
        limits: Limits,
        memory: MessageMemory,
        *,
        allowed: Collection[str] | None = None,
        store: Store | None = None,
    ) -> None:
        self.limits = limits
        self.memory = memory
        self.replies = Replies()
        self._user = user.encode()
        self._password = password.encode()
        self._allowed = None if allowed is None else frozenset(allowed)
        self._store = store
        self._vhosts: dict[str, VirtualHost] = {}

    def admits(self, user: bytes, password: bytes) -> bool:
        """Return whether these are the configured credentials; compared in constant time."""
        same_user = hmac.compare_digest(user, self._user)
        return hmac.compare_digest(password, self._password) and same_user

    def vhost(self, name: str) -> VirtualHost:
        """Return the virtual host of this name; 530 if the list is closed and it is not on it."""
        found = self._vhosts.get(name)
        if found is None:
            if self._allowed is not None and name not in self._allowed:
                raise FatalError(NOT_ALLOWED, f"vhost '{name}' not found")
            found = self._vhosts[name] = VirtualHost(name, self.memory, self._store)
        return found

    def vhosts(self) -> Iterable[VirtualHost]:
        """Those in use."""
        return self._vhosts.values()

    def when_durable(self, action: Callable[[], None]) -> None:
        """Run an action after the commit of all that was noted so far; now, without a journal."""
        if self._store is None:
            action()
        else:
            self._store.when_committed(action)
