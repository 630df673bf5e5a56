"""An nginx of our own in front of a target, with buffering or without, over HTTP/1.1 or HTTP/2."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
SECONDS = 30.0


def free_port() -> int:
    """Give a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def program() -> str:
    """Give nginx's path. Raises CaseSkipped when it is not installed."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise CaseSkipped("nginx is not installed")
    return found


@contextmanager
def proxied(
    request: StreamRequest, *, buffering: bool
) -> Iterator[tuple[StreamRequest, StreamRequest]]:
    """Run nginx in front of a server; give the request by HTTP/1.1 and by HTTP/2 (h2c)."""
    nginx = program()
    parts = urlsplit(request.url)
    plain, http2 = free_port(), free_port()
    http1, http2_parts = (
        parts._replace(scheme="http", netloc=f"127.0.0.1:{port}") for port in (plain, http2)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nginx.conf"
        text = CONFIGURATION.format(
            user="user root;\n" if os.geteuid() == 0 else "",
            folder=folder,
            plain=plain,
            http2=http2,
            upstream=f"{parts.scheme}://{parts.netloc}",
            host=parts.netloc,
            buffering="on" if buffering else "off",
            # 1.0 is its default; only then it holds a chunk back until a buffer is full.
            version="1.0" if buffering else "1.1",
        )
        path.write_text(text)
        process = subprocess.Popen(  # noqa: S603 - the installed nginx
            [nginx, "-p", folder, "-c", str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for_port("127.0.0.1", plain, process)
            yield (
                StreamRequest(urlunsplit(http1), request.headers),
                StreamRequest(urlunsplit(http2_parts), request.headers),
            )
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
