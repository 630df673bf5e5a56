"""RabbitMQ for tests: the broker that answers or a private node, and a virtual host per caller."""

import atexit
import functools
import os
import secrets
import shutil
import signal
import socket
import subprocess
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testing.missing import ServiceMissing
from testing.program import PrivateFolder, answers, free_port, wait_until

DEFAULT_URL = "amqp://guest:guest@127.0.0.1:5672/"
SCRIPTS = Path("/usr/lib/rabbitmq/bin")
CONTROL_SECONDS = 240
"""How long an Erlang may take to start, a node's or rabbitmqctl's: a busy machine feels it."""
_DONE = "evaluated"
"""What erl_call prints last when nothing failed: its exit status does not say."""


@contextmanager
def rabbitmq_vhost() -> Iterator[str]:
    """Make a virtual host and remove it at the end; gives its URL. Raises ServiceMissing."""
    broker = rabbitmq()
    name = f"slipway-test-{secrets.token_hex(6)}"
    broker.add_vhost(name)
    try:
        yield broker.vhost_url(name)
    finally:
        broker.delete_vhost(name)


class Rabbit:
    """A broker that we may give virtual hosts.

    `control` is the rabbitmqctl that reaches it, `node` its name in Erlang, and `home` the folder
    with the cookie.
    """

    def __init__(self, url: str, control: list[str], *, node: str, home: Path) -> None:
        self.url = url
        self.node = node
        self._control = control
        self._home = home

    @property
    def user(self) -> str:
        return urllib.parse.urlsplit(self.url).username or "guest"

    def vhost_url(self, name: str) -> str:
        return urllib.parse.urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def add_vhost(self, name: str) -> None:
        self.evaluate(
            f'rabbit_vhost:add(<<"{name}">>, <<"{self.user}">>),'
            f'rabbit_auth_backend_internal:set_permissions(<<"{self.user}">>, <<"{name}">>,'
            f' <<".*">>, <<".*">>, <<".*">>, <<"{self.user}">>).'
        )

    def delete_vhost(self, name: str) -> None:
        self.evaluate(f'rabbit_vhost:delete(<<"{name}">>, <<"{self.user}">>).')

    def evaluate(self, expression: str) -> str:
        """Evaluate Erlang on the node. Raises ServiceMissing when it fails."""
        return self._called(expression) or self.control("eval", expression)

    def _called(self, expression: str) -> str:
        """Evaluate it by erl_call, which starts no Erlang (a second); gives nothing when it fails."""
        program = shutil.which("erl_call")
        if program is None:
            return ""
        value = expression.strip().removesuffix(".")
        done = subprocess.run(
            [program, "-r", "-sname", self.node, "-fetch_stdout", "-no_result_term", "-e"],
            input=f'io:format("~p~n{_DONE}", [begin {value} end]).\n'.encode(),
            env={"PATH": os.environ["PATH"], "HOME": str(self._home)},
            user=self._system_user(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=CONTROL_SECONDS,
            check=False,
        )
        text = done.stdout.decode(errors="replace")
        return text.removesuffix(_DONE) if text.endswith(_DONE) else ""

    def control(self, *command: str) -> str:
        """Run a command of rabbitmqctl. Raises ServiceMissing when it fails."""
        done = subprocess.run(
            [*self._control, *command],
            env=self._environment(),
            user=self._system_user(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=CONTROL_SECONDS,
            check=False,
        )
        text = done.stdout.decode(errors="replace")
        if done.returncode != 0:
            raise ServiceMissing(f"RabbitMQ can't be controlled: {text.strip()[-300:]}")
        return text

    def _environment(self) -> dict[str, str] | None:
        return None

    def _system_user(self) -> str | None:
        return None


@functools.cache
def rabbitmq() -> Rabbit:
    """Return the broker that answers and obeys, else a private node. Raises ServiceMissing."""
    url = os.environ.get("TEST_RABBITMQ_URL", DEFAULT_URL)
    parts = urllib.parse.urlsplit(url)
    control = shutil.which("rabbitmqctl")
    if parts.hostname in {"127.0.0.1", "localhost"} and control and answers(parts.port or 5672):
        node = f"rabbit@{socket.gethostname().partition('.')[0]}"
        broker = Rabbit(url, [control, "-q"], node=node, home=Path("/var/lib/rabbitmq"))
        try:
            broker.evaluate("rabbit:is_running().")
        except (ServiceMissing, subprocess.TimeoutExpired):
            return PrivateRabbit.shared()
        return broker
    return PrivateRabbit.shared()


class PrivateRabbit(Rabbit):
    """A node of our own; `stop`, `kill` and `start` keep its data and its port. Starts in 10 s."""

    def __init__(self, *, cookie: str | None = None) -> None:
        """`cookie` is what the nodes of one cluster share."""
        for script in ("rabbitmq-server", "rabbitmqctl"):
            if not (SCRIPTS / script).exists():
                raise ServiceMissing(f"no RabbitMQ answers and {SCRIPTS / script} is not installed")
        self.folder = PrivateFolder("rabbitmq")
        self.port = free_port()
        node = f"slipway-{secrets.token_hex(4)}@localhost"
        self._process: subprocess.Popen[bytes] | None = None
        self.configure(f"listeners.tcp.1 = 127.0.0.1:{self.port}\n")
        (self.folder.path / "plugins").write_text("[].\n")
        if cookie is not None:
            self.folder.write(".erlang.cookie", cookie, mode=0o400)
        super().__init__(
            f"amqp://guest:guest@127.0.0.1:{self.port}/",
            [str(SCRIPTS / "rabbitmqctl"), "-q", "-n", node],
            node=node,
            home=self.folder.path,
        )

    def configure(self, lines: str) -> None:
        """Add lines to rabbitmq.conf, before it starts."""
        with (self.folder.path / "rabbitmq.conf").open("a") as file:
            file.write(lines)

    @classmethod
    @functools.cache
    def shared(cls) -> "PrivateRabbit":
        broker = cls()
        atexit.register(broker.remove)
        broker.start()
        return broker

    def _environment(self) -> dict[str, str]:
        folder = self.folder.path
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": "/nonexistent",
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
        }

    @functools.cached_property
    def _distribution_port(self) -> int:
        return free_port()

    def _system_user(self) -> str | None:
        return self.folder.user

    @property
    def running(self) -> bool:
        return self._process is not None

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where it takes connections."""
        return [("127.0.0.1", self.port)]

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self._process = self.folder.spawn(str(SCRIPTS / "rabbitmq-server"), env=self._environment())
        if not wait_until(lambda: answers(self.port), self._process, CONTROL_SECONDS):
            raise ServiceMissing(
                f"no RabbitMQ answers and ours did not start: {self.folder.output()}"
            )
        # The port opens before the virtual hosts are recovered.
        self.evaluate("rabbit:await_startup(), ok.")
        self.evaluate(
            "[rabbit_vhost_sup_sup:start_vhost(V) || V <- rabbit_vhost:list_names()], ok."
        )

    def stop(self) -> None:
        """Stop it in good order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it without a warning."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is not None:
            return
        # The script's session holds the Erlang machine and its children, and nothing of others.
        os.killpg(process.pid, how)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def remove(self) -> None:
        self.kill()
        self.folder.remove()
