"""An nginx of our own in front of a target, buffering or not, by HTTP/1.1, HTTP/2 and https."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from sse_conformance.errors import CaseSkipped, TargetError
from sse_conformance.target import StreamRequest

CONFIGURATION = """\
daemon off;
{user}worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log error;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  scgi_temp_path {folder}/scgi;
  uwsgi_temp_path {folder}/uwsgi;
  server {{
    listen 127.0.0.1:{plain};
    listen 127.0.0.1:{http2} http2;
    {tls}
    location / {{
      proxy_pass {upstream};
      proxy_http_version {version};
      proxy_set_header Connection "";
      proxy_set_header Host {host};
      proxy_buffering {buffering};
      proxy_read_timeout 1h;
    }}
  }}
}}
"""
TLS = """\
listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
"""
SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Proxy:
    """The stream's request through nginx: by HTTP/1.1, by HTTP/2 in the clear (h2c), by https."""

    http1: StreamRequest
    http2: StreamRequest
    https: StreamRequest
    certificate: Path
    """Of the https port, signed by itself."""


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def program() -> str:
    """Return nginx's path. Raises CaseSkipped when it is not installed."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise CaseSkipped("nginx is not installed")
    return found


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 and its key. Raises CaseSkipped without openssl."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise CaseSkipped("openssl, which makes a certificate, is not installed")
    made, key = folder / "certificate.pem", folder / "key.pem"
    asked = "req -x509 -nodes -days 2 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
    named = "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    files = ["-keyout", str(key), "-out", str(made)]
    subprocess.run(  # noqa: S603 - the installed openssl
        [openssl, *asked.split(), *named.split(), *files], check=True, capture_output=True
    )
    return made, key


@contextmanager
def proxied(request: StreamRequest, *, buffering: bool, https: bool = False) -> Iterator[Proxy]:
    """Run nginx in front of a server; with `https` it has a port with TLS, too."""
    nginx = program()
    parts = urlsplit(request.url)
    ports = [free_port() for _ in range(3)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        certificate, tls = folder, ""
        if https:
            certificate, key = _certificate(folder)
            tls = TLS.format(port=ports[2], certificate=certificate, key=key)
        path = folder / "nginx.conf"
        text = CONFIGURATION.format(
            user="user root;\n" if os.geteuid() == 0 else "",
            folder=folder,
            plain=ports[0],
            http2=ports[1],
            tls=tls,
            upstream=f"{parts.scheme}://{parts.netloc}",
            host=parts.netloc,
            buffering="on" if buffering else "off",
            # 1.0 is its default; only then it holds a chunk back until a buffer is full.
            version="1.0" if buffering else "1.1",
        )
        path.write_text(text)
        process = subprocess.Popen(  # noqa: S603 - the installed nginx
            [nginx, "-p", name, "-c", str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for_port("127.0.0.1", ports[0], process)
            http1, http2, by_tls = (
                StreamRequest(
                    urlunsplit(parts._replace(scheme=scheme, netloc=f"127.0.0.1:{port}")),
                    request.headers,
                )
                for scheme, port in zip(("http", "http", "https"), ports, strict=True)
            )
            yield Proxy(http1, http2, by_tls, certificate)
        finally:
            process.terminate()
            process.wait()


def wait_for_port(host: str, port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens. Raises TargetError when the process ends or nobody does."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise TargetError(f"{process.args!r} ended with status {process.returncode}")
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
            continue
        return
    raise TargetError(f"nobody listens at {host}:{port} after {SECONDS:.0f} s")
