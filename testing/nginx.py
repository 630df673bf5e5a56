"""nginx with the configuration that operators are given, in front of a stack that runs."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from testing.checkout import ROOT
from testing.missing import ServiceMissing
from testing.program import answers, free_port

CONFIGURATION = ROOT / "deploy" / "nginx" / "slipway.conf"
START_SECONDS = 30.0

FRAME = """{user}daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {server}
}}
"""


def configuration(base_url: str, port: int) -> str:
    """Take the operators' configuration, with the addresses of a stack and a port of its own."""
    address = urlsplit(base_url).netloc
    text = CONFIGURATION.read_text()
    text, service = re.subn(r"server service:8000;", f"server {address};", text)
    text, gateway = re.subn(r"server gateway:8001 ", f"server {address} ", text)
    text, listening = re.subn(r"listen 8080;", f"listen 127.0.0.1:{port};", text)
    if (service, gateway, listening) != (1, 1, 1):
        raise RuntimeError(f"{CONFIGURATION} has other addresses than are replaced here")
    return text


@contextmanager
def nginx_before(base_url: str) -> Iterator[str]:
    """Run it and give its origin. Raises ServiceMissing."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        raise ServiceMissing("nginx is not installed (Debian: apt-get install nginx-light)")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="slipway-nginx-") as name:
        folder = Path(name)
        path = folder / "nginx.conf"
        user = "user root;\n" if os.geteuid() == 0 else ""
        path.write_text(
            FRAME.format(user=user, folder=folder, server=configuration(base_url, port))
        )
        process = subprocess.Popen([program, "-p", name, "-c", str(path)])
        try:
            deadline = time.monotonic() + START_SECONDS
            while not answers(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"nginx did not start; see {folder}/error.log")
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(START_SECONDS)
