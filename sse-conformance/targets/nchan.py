"""nginx with nchan (Debian: apt-get install nginx libnginx-mod-nchan)."""

import os
import subprocess
from pathlib import Path

import httpx

from sse_conformance import Capabilities, StreamRequest, TargetError
from sse_conformance.nginx import free_port, program
from sse_conformance.process import ProcessTarget

FOLDERS = ("/usr/lib/nginx/modules", "/usr/share/nginx/modules", "/usr/lib64/nginx/modules")
KEPT = 500
CONFIGURATION = """\
daemon off;
{user}worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log error;
load_module {module};
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_max_body_size 8m;
  client_body_buffer_size 8m;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  scgi_temp_path {folder}/scgi;
  uwsgi_temp_path {folder}/uwsgi;
  nchan_shared_memory_size 256M;
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location ~ ^/events/([0-9]+)$ {{
      nchan_subscriber eventsource;
      nchan_channel_id $1;
      nchan_subscriber_first_message newest;
      nchan_eventsource_ping_interval 1;
      nchan_eventsource_ping_comment "ping";
    }}
    location ~ ^/publish/([0-9]+)$ {{
      nchan_publisher;
      nchan_channel_id $1;
      nchan_message_buffer_length {kept};
      nchan_message_timeout 1h;
    }}
  }}
}}
"""


class Nchan(ProcessTarget):
    name = "nginx + nchan"
    command = ("nginx",)
    capabilities = Capabilities(
        ids=True, event_names=True, resume_header=True, retention=KEPT, heartbeat=1.0
    )

    def __init__(self) -> None:
        super().__init__()
        self.client = httpx.Client(timeout=30, trust_env=False)

    def start(self) -> None:
        modules = (Path(folder) / "ngx_nchan_module.so" for folder in FOLDERS)
        module = next((path for path in modules if path.exists()), None)
        if module is None:
            raise TargetError("nchan's module is not installed")
        path = self.folder / "nginx.conf"
        self.command = (program(), "-p", str(self.folder), "-c", str(path))
        user = "user root;\n" if os.geteuid() == 0 else ""
        self.port = self.port or free_port()
        path.write_text(
            CONFIGURATION.format(
                user=user, folder=self.folder, module=module, port=self.port, kept=KEPT
            )
        )
        super().start()

    def close(self) -> None:
        self.client.close()
        super().close()

    def versions(self) -> str:
        said = subprocess.run([program(), "-v"], capture_output=True, text=True, check=True).stderr
        package = subprocess.run(
            ["dpkg-query", "-Wf", "${Version}", "libnginx-mod-nchan"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        return f"{said.strip().rpartition('/')[2]} + {package}"

    def stream(self, channel: int = 0) -> StreamRequest:
        return StreamRequest(f"http://127.0.0.1:{self.port}/events/{channel}")

    def publish(self, text: str, *, channel: int = 0, event: str = "", event_id: str = "") -> None:
        headers = {b"Content-Type": b"text/plain"}
        if event:
            headers[b"X-EventSource-Event"] = event.encode()
        answer = self.client.post(
            f"http://127.0.0.1:{self.port}/publish/{channel}",
            content=text.encode(),
            headers=headers,
        )
        answer.raise_for_status()
