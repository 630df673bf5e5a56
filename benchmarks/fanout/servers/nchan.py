"""nginx with nchan, the server written in C that most would take for this."""

import os
import shutil
from pathlib import Path

from benchmarks.fanout.processes import Child
from benchmarks.fanout.servers.server import Server
from benchmarks.fanout.workload import Event

MODULES = ("/usr/lib/nginx/modules", "/usr/share/nginx/modules", "/usr/lib64/nginx/modules")
CONFIGURATION = """\
daemon off;
{user}worker_processes 1;
worker_rlimit_nofile {files};
pid {directory}/pid;
error_log {directory}/error.log error;
load_module {module};
events {{ worker_connections {connections}; }}
http {{
  access_log off;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  scgi_temp_path {directory}/scgi;
  uwsgi_temp_path {directory}/uwsgi;
  nchan_shared_memory_size 256M;
  keepalive_requests 100000000;
  keepalive_timeout 3600s;
  server {{
    listen 127.0.0.1:{stream_port} backlog=4096;
    location /api/v1/events {{
      nchan_subscriber eventsource;
      nchan_channel_id $arg_team_id;
      nchan_subscriber_first_message newest;
      nchan_eventsource_ping_interval 15;
      nchan_eventsource_ping_comment "";
    }}
  }}
  server {{
    listen 127.0.0.1:{feed_port};
    location ~ ^/publish/([0-9]+)$ {{
      nchan_publisher;
      nchan_channel_id $1;
      nchan_message_buffer_length 1000;
      nchan_message_timeout 10s;
    }}
  }}
}}
"""


def find_module() -> Path | None:
    """Return the path of the nchan module."""
    paths = (Path(directory) / "ngx_nchan_module.so" for directory in MODULES)
    return next((path for path in paths if path.exists()), None)


class Nchan(Server):
    """One worker, a heartbeat as all others have; events come as pipelined POST requests."""

    name = "nchan"
    title = "nginx with nchan"
    ceiling = 1_000

    def missing(self) -> str | None:
        """Need nginx and its module."""
        if self._nginx() is None or find_module() is None:
            return (
                "nginx with nchan is not installed (Debian: apt install nginx libnginx-mod-nchan)"
            )
        return None

    def launch(self) -> Child:
        """Write a configuration of its own and start it in the foreground."""
        directory = self.place.directory / "nginx"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        files = os.sysconf("SC_OPEN_MAX")
        text = CONFIGURATION.format(
            user="user root;\n" if os.geteuid() == 0 else "",
            directory=directory,
            module=find_module(),
            files=files,
            connections=files - 100,
            stream_port=self.stream_port,
            feed_port=self.feed_port,
        )
        path = directory / "nginx.conf"
        path.write_text(text)
        command = [str(self._nginx()), "-p", str(directory), "-c", str(path)]
        errors = self.place.directory / self.name
        return Child.start(command, self.place.core, errors, real_time=self.real_time)

    def encode(self, event: Event) -> bytes:
        """Publish over HTTP, the only way in."""
        body = event.body.encode()
        head = (
            f"POST /publish/{event.team} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-EventSource-Event: message\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    @staticmethod
    def _nginx() -> str | None:
        return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
