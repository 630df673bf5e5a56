"""A server that claims everything, in the standard library only, with defects that are switched on by name.

python toy_server.py PORT FOLDER [DEFECT]
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import sys
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

ORIGIN = "https://page.example"
RETENTION = 60
HEARTBEAT = 0.1
LINE = re.compile(r"\r\n|\n|\r")
STATUSES = {
    200: "OK",
    204: "No Content",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Error",
}


@dataclass
class Entry:
    """What was published."""

    number: int
    id: str
    event: str
    text: str


@dataclass(eq=False)
class Reader:
    """A client of a channel: the number it has."""

    writer: asyncio.StreamWriter
    token: str
    seen: int
    chunked: bool
    news: asyncio.Event = field(default_factory=asyncio.Event)
    encoder: object = None
    sent: int = 0
    over: bool = False
    stop: str = ""
    hoard: list[bytes] = field(default_factory=list)


@dataclass
class Channel:
    """A log and who reads it."""

    entries: list[Entry] = field(default_factory=list)
    last: int = 0
    readers: set[Reader] = field(default_factory=set)
    trimmed: int = 0


class Toy:
    """The server."""

    def __init__(self, folder: Path, defect: str) -> None:
        self.folder = folder
        self.defect = defect
        self.channels: dict[str, Channel] = {}
        self.revoked: set[str] = set()
        self.finished: dict[str, asyncio.Event] = {}
        self.draining = False
        self.leaked: list[object] = []
        self.load()

    def has(self, *names: str) -> bool:
        return self.defect in names

    # The log.

    def channel(self, name: str) -> Channel:
        if self.has("teams-leak"):
            name = "0"
        return self.channels.setdefault(name, Channel())

    def load(self) -> None:
        path = self.folder / "log"
        if self.has("durable-forgets") or not path.exists():
            return
        lines = path.read_text().splitlines()
        if self.has("durable-loses-last"):
            lines = lines[:-1]
        for line in lines:
            name, number, id_, event, text = json.loads(line)
            channel = self.channels.setdefault(name, Channel())
            channel.entries.append(Entry(number, id_, event, text))
            channel.last = 0 if self.has("durable-numbers-anew", "drain-numbers-anew") else number
        for channel in self.channels.values():
            self.trim(channel)

    def publish(self, name: str, text: str, event: str, id_: str) -> None:
        channel = self.channel(name)
        channel.last += 1
        number = channel.last
        chosen = id_ if id_ and not self.has("publisher-id-ignored") else f"e.{number}"
        if "\0" in chosen and not self.has("publisher-id-nul"):
            chosen = f"e.{number}"
        entry = Entry(number, chosen, event, text)
        channel.entries.append(entry)
        with (self.folder / "log").open("a") as log:
            log.write(json.dumps([name, number, chosen, event, text]) + "\n")
        self.trim(channel)
        for reader in channel.readers:
            reader.news.set()

    def trim(self, channel: Channel) -> None:
        keep = RETENTION // 2 if self.has("retention-half") else RETENTION
        if self.has("retention-all-at-once"):
            keep = 5 if len(channel.entries) > keep else keep
        if len(channel.entries) > keep:
            gone = len(channel.entries) - keep
            channel.trimmed = channel.entries[gone - 1].number
            del channel.entries[:gone]

    # Frames.

    def frame(self, entry: Entry, reader: Reader) -> bytes:
        text, lines = entry.text, []
        reader.sent += 1
        number = f"c{id(reader)}.{entry.number}" if self.has("ids-per-client") else entry.id
        if self.has("ids-same"):
            number = "e.1"
        elif self.has("ids-unsafe"):
            number = f"({entry.number})"
        elif self.has("ids-long"):
            number = "0" * 200 + str(entry.number)
        elif self.has("ids-nul"):
            number = f"{entry.number}\0"
        elif self.has("resume-new-ids") and reader.over:
            number = f"f.{entry.number}"
        name = entry.event
        if self.has("names-dropped"):
            name = ""
        if name and not self.has("names-injection"):
            name = LINE.sub(" ", name)
        if not self.has("publisher-id-injection"):
            number = LINE.sub(" ", number)
        if self.has("base-joins-lines"):
            text = text.replace("\n", " ")
        if self.has("base-strips") or (entry.event and self.has("names-strip-data")):
            text = text.strip(" \t")
        if self.has("base-truncates"):
            text = text[:60_000]
        if self.has("base-ascii"):
            text = text.encode("ascii", "replace").decode()
        if self.has("base-open-event"):
            name = name or "open"
        if self.has("base-raw"):
            parts = [text]
        elif self.has("base-raw-cr"):
            parts = text.split("\n")
        else:
            parts = LINE.split(text)
        if self.has("base-drops-empty") and not text:
            return b": nothing\n\n"
        if name:
            lines.append(f"event: {name}")
        if not self.has("ids-none"):
            lines.append(f"id: {number}")
        if self.has("resume-id-in-own-block"):
            lines.append("")
        lines += [f"data: {part}" for part in parts]
        if self.has("base-unknown-field"):
            lines.append(f"sent: {entry.number}")
        return ("\n".join(lines) + "\n\n").encode()

    def reset_frame(self, channel: Channel, *, name: str = "reset") -> bytes:
        newest = channel.entries[-1].id if channel.entries else "e.0"
        if self.has("snapshot-old"):
            newest = channel.entries[0].id
        body = {} if self.has("snapshot-none") else {"position": newest}
        return f"event: {name}\ndata: {json.dumps({'snapshot': body})}\n\n".encode()

    # Answers.

    async def serve(self, reading: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(
            ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError
        ):
            while await self.answer(reading, writer):
                pass
        if self.has("memory-leaks-connections"):
            self.leaked.append(os.dup(writer.get_extra_info("socket").fileno()))
        writer.close()

    async def answer(self, reading: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reading.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, version = head[0].split(" ")
        fields = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        body = await reading.readexactly(int(fields.get("content-length", 0)))
        parts = urlsplit(target)
        path = unquote(parts.path)
        if method == "POST" and not path.startswith(("/events", "/ending")):
            return self.command(path, json.loads(body or b"{}"), writer)
        if path.startswith(("/events/", "/ending/")) and path.count("/") == 2:
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            return await self.stream(method, path, query, fields, version, reading, writer)
        return self.plain(writer, 404)

    def command(self, path: str, body: dict[str, str], writer: asyncio.StreamWriter) -> bool:
        _, name, *rest = path.split("/")
        if name == "publish":
            if self.has("base-burst-reorders") and int(self.channel(rest[0]).last) % 50 == 0:
                asyncio.get_running_loop().call_later(
                    0.05,
                    self.publish,
                    rest[0],
                    body["text"],
                    body.get("event", ""),
                    body.get("id", ""),
                )
            elif not (
                self.has("base-burst-loses")
                and self.channel(rest[0]).last % 100 == 99
                and self._once()
            ):
                self.publish(rest[0], body["text"], body.get("event", ""), body.get("id", ""))
        elif name == "revoke":
            self.revoked.add(rest[0])
            for channel in self.channels.values():
                for reader in channel.readers:
                    if (
                        reader.token == rest[0] and not self.has("revocation-streams-stay")
                    ) or self.has("revocation-ends-all"):
                        reader.stop = "revoked"
                        reader.news.set()
        elif name == "finish":
            self.finished.setdefault(rest[0], asyncio.Event()).set()
        elif name == "defect":
            self.defect = body["name"]
            self.channels.clear()
            self.revoked.clear()
            self.finished.clear()
            (self.folder / "log").write_text("")
        return self.plain(writer, 204)

    def _once(self) -> bool:
        self.leaked.append(None)
        return len(self.leaked) % 2 == 1

    def plain(
        self,
        writer: asyncio.StreamWriter,
        status: int,
        fields: tuple[str, ...] = (),
        body: bytes = b"",
    ) -> bool:
        length = () if status == 204 else (f"Content-Length: {len(body)}",)
        lines = (f"HTTP/1.1 {status} {STATUSES[status]}", *length, *fields, "", "")
        writer.write("\r\n".join(lines).encode() + body)
        return True

    def cors(self, origin: str) -> tuple[str, ...]:
        if self.has("cors-reflects"):
            allowed = origin
        elif self.has("cors-wildcard"):
            allowed = "*"
        else:
            allowed = ORIGIN
        if not origin or (origin != ORIGIN and not self.has("cors-reflects", "cors-wildcard")):
            return ()
        found = [f"Access-Control-Allow-Origin: {allowed}"]
        if not self.has("cors-no-credentials"):
            found.append("Access-Control-Allow-Credentials: true")
        if not self.has("cors-no-vary"):
            found.append("Vary: Origin")
        return tuple(found)

    async def stream(self, method, path, query, fields, version, reading, writer) -> bool:
        _, kind, name = path.split("/")
        cors = self.cors(fields.get("origin", ""))
        if method == "OPTIONS":
            allowed = (
                "cache-control"
                if self.has("cors-no-last-event-id")
                else "cache-control, last-event-id"
            )
            return self.plain(
                writer,
                204,
                (*cors, f"Access-Control-Allow-Headers: {allowed}", "Allow: GET, HEAD, OPTIONS"),
            )
        if method not in {"GET", "HEAD"}:
            return self.plain(
                writer,
                405,
                () if self.has("base-405-without-allow") else ("Allow: GET, HEAD, OPTIONS",),
            )
        cursor = fields.get("last-event-id", "").encode("latin-1").decode("utf-8", "replace")
        by_query = "" if self.has("query-ignored") else query.get("after", "")
        cursor = by_query or cursor if self.has("query-wins") else cursor or by_query
        token = fields.get("authorization", "").removeprefix("Bearer ")
        status = self.refusal(kind, name, token, cursor)
        if status:
            said = (
                ()
                if self.has("auth-no-challenge") or status != 401
                else ("WWW-Authenticate: Bearer",)
            )
            if self.has("auth-refuses-as-stream"):
                said = (*said, "Content-Type: text/event-stream")
            return self.plain(writer, status, said if self.has("cors-refusal") else (*said, *cors))
        if kind == "ending" and cursor and not self.has("end-200"):
            finished = self.finished.get(name)
            if finished is not None and finished.is_set():
                return self.plain(writer, 204)
        if self.has("resume-500") and cursor == "a b(c)":
            return self.plain(writer, 500)
        head = [
            "HTTP/1.1 200 OK",
            "Content-Type: "
            + ("text/plain" if self.has("base-content-type") else "text/event-stream"),
            *cors,
        ]
        if not self.has("base-cacheable"):
            head.append("Cache-Control: no-cache")
        if not self.has("buffering-unsaid") and not (
            self.has("buffering-unsaid-on-resume") and cursor
        ):
            head.append("X-Accel-Buffering: " + ("yes" if self.has("buffering-yes") else "no"))
        if self.has("base-content-length"):
            head.append("Content-Length: 1000000")
        if method == "HEAD":
            if not self.has("base-head-hangs"):
                writer.write("\r\n".join([*head, "", ""]).encode())
                return True
            await asyncio.sleep(3600)
        reader = Reader(writer, token, 0, version == "HTTP/1.1" or self.has("base-chunked-1.0"))
        if self.has("base-content-length"):
            reader.chunked = False
        elif reader.chunked:
            head.append("Transfer-Encoding: chunked")
        else:
            head.append("Connection: close")
        if self.has("base-always-gzip"):
            reader.encoder = zlib.compressobj(wbits=31)
            head.append("Content-Encoding: gzip")
        writer.write("\r\n".join([*head, "", ""]).encode())
        if self.has("memory-megabyte"):
            reader.hoard.append(b"x" * 1_048_576)
        gone = asyncio.ensure_future(self.watch(reading, reader))
        try:
            await (
                self.ending(name, reader) if kind == "ending" else self.follow(name, cursor, reader)
            )
        finally:
            gone.cancel()
            for channel in self.channels.values():
                if not self.has("memory-keeps-readers"):
                    channel.readers.discard(reader)
        return False

    async def watch(self, reading: asyncio.StreamReader, reader: Reader) -> None:
        """Notice that a client has gone."""
        with contextlib.suppress(ConnectionError):
            await reading.read(1)
        reader.stop = "gone"
        reader.news.set()

    def refusal(self, kind: str, name: str, token: str, cursor: str) -> int:
        if self.has("auth-open") or kind == "ending":
            return 0
        if self.has("auth-resume-open") and cursor:
            return 0
        if not token:
            return 401
        if token in self.revoked:
            return 0 if self.has("revocation-lets-return") else 401
        if token == f"secret-{name}" or token.startswith(f"temporary-{name}"):
            return 0
        if self.has("auth-any-token", "teams-foreign-stream") and (
            self.has("auth-any-token") or token.startswith("secret-")
        ):
            return 0
        return 403 if token.startswith("secret-") else 401

    def write(self, reader: Reader, body: bytes) -> None:
        if reader.encoder:
            body = reader.encoder.compress(body) + reader.encoder.flush(zlib.Z_SYNC_FLUSH)
        if reader.chunked:
            body = f"{len(body):x}\r\n".encode() + body + b"\r\n"
        reader.writer.write(body)

    def end(self, reader: Reader, *, cut: bool) -> None:
        if cut:
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
            reader.writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, linger
            )
            reader.writer.transport.abort()
        elif reader.chunked:
            reader.writer.write(b"0\r\n\r\n")

    async def ending(self, name: str, reader: Reader) -> None:
        self.write(reader, b"retry: 100\n\nid: e.1\ndata: working\n\n")
        await self.finished.setdefault(name, asyncio.Event()).wait()
        if not self.has("end-untold"):
            self.write(
                reader,
                b"event: end\n"
                + (b"id: e.2\n" if self.has("end-with-id") else b"")
                + b"data: {}\n\n",
            )
        if self.has("end-more"):
            self.write(reader, b"event: end\ndata: {}\n\n")
        await reader.writer.drain()
        self.end(reader, cut=self.has("end-cut"))

    def start(self, name: str, channel: Channel, cursor: str, reader: Reader) -> bytes:
        """Set where a reader begins; give what it is told first."""
        reader.over = bool(cursor)
        newest = channel.last
        first = channel.trimmed + 1
        if self.has("teams-position") and cursor:
            for other in self.channels.values():
                if other is not channel and any(entry.id == cursor for entry in other.entries):
                    reader.seen = channel.last
                    for entry in other.entries:
                        channel.last += 1
                        channel.entries.append(
                            Entry(channel.last, entry.id, entry.event, entry.text)
                        )
                    return b""
        if not cursor or self.has("resume-ignored"):
            reader.seen = newest
            return self.reset_frame(channel) if self.has("reset-always") and cursor else b""
        if cursor == "e.0" and first == 1:
            reader.seen = 0
            return b""
        known = next(
            (entry.number for entry in reversed(channel.entries) if entry.id == cursor), None
        )
        if self.has("resume-new-ids") and known is None and cursor.startswith("f."):
            known = int(cursor[2:])
        if (
            known is None
            and re.fullmatch(r"e\.[0-9]{1,9}", cursor)
            and int(cursor[2:]) == channel.trimmed
            and channel.trimmed
        ):
            known = channel.trimmed
        if known is not None:
            reader.seen = known
            if self.has("resume-again"):
                reader.seen -= 1
            elif self.has("resume-skips") or (self.has("query-skips") and not reader.stop):
                reader.seen += 1
            return self.reset_frame(channel) if self.has("reset-always") else b""
        is_future = bool(re.fullmatch(r"e\.[0-9]{5,9}", cursor))
        is_trimmed = (
            bool(re.fullmatch(r"e\.[0-9]{1,4}", cursor)) and int(cursor[2:]) <= channel.trimmed
        )
        reader.seen = newest
        if (
            self.has("reset-silent")
            or (self.has("reset-not-future") and is_future)
            or (self.has("retention-silent") and is_trimmed)
        ):
            return b""
        if self.has("reset-malformed-silent") and not cursor.startswith("e."):
            return b""
        if self.has("reset-deaf"):
            reader.seen = 10**9
        if self.has("snapshot-replays"):
            reader.seen = newest - 1
        return self.reset_frame(channel)

    async def follow(self, name: str, cursor: str, reader: Reader) -> None:
        channel = self.channel(name)
        if not self.has("retry-none"):
            said = {"retry-soon": b"soon", "retry-zero": b"0"}.get(self.defect, b"100")
            empty_id = b"id\n" if self.has("retry-empty-id") else b""
            self.write(reader, empty_id + b"retry: " + said + b"\n\n")
        begin = self.start(name, channel, cursor, reader)
        if self.has("reset-late") and begin:
            asyncio.get_running_loop().call_later(0.3, self.write, reader, begin)
        elif begin:
            self.write(reader, begin)
        channel.readers.add(reader)
        if self.has("resume-gap") and cursor:
            await self.send(channel, reader)
            reader.news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.news.wait(), 0.5)
            reader.seen = channel.last
        while not reader.stop and not self.draining:
            reader.news.clear()
            await self.send(channel, reader)
            try:
                await asyncio.wait_for(reader.news.wait(), HEARTBEAT)
            except TimeoutError:
                self.heartbeat(channel, reader)
        if reader.stop == "gone":
            return
        if self.draining:
            await self.drained(channel, reader)
        self.end(reader, cut=self.draining and self.has("drain-cut"))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reader.writer.drain(), 0.5)

    def heartbeat(self, channel: Channel, reader: Reader) -> None:
        if self.has("heartbeat-none"):
            return
        if self.has("heartbeat-event"):
            self.write(reader, b": still here\nevent: ping\ndata: {}\n\n")
        elif self.has("heartbeat-id"):
            self.write(reader, b": still here\nid: beat\n\n")
        elif self.has("heartbeat-kills"):
            self.write(reader, b": still here\n\n: still here\n\n")
            reader.seen = 10**9
        else:
            self.write(reader, b": still here\n\n")

    async def drained(self, channel: Channel, reader: Reader) -> None:
        if not self.has("drain-loses"):
            await self.send(channel, reader)
        if self.has("drain-half"):
            self.write(reader, b"data: hal")
        if self.has("drain-never-ends"):
            await asyncio.sleep(3600)
        if not self.has("drain-untold"):
            number = b"id: x\n" if self.has("drain-with-id") else b""
            for _ in range(2 if self.has("drain-twice") else 1):
                self.write(reader, b"event: drain\n" + number + b"data: {}\n\n")

    async def send(self, channel: Channel, reader: Reader) -> None:
        """Send what a reader has not; wait for the slow ones, and tell those who lost some."""
        writer = reader.writer
        while reader.seen < channel.last:
            lost = channel.trimmed > reader.seen
            if lost and reader.seen < 10**8:
                if not self.has("slow-silent"):
                    self.write(reader, self.reset_frame(channel, name="lagged"))
                reader.seen = channel.trimmed
                if self.has("slow-deaf"):
                    reader.seen = 10**9
                if self.has("slow-half"):
                    self.write(reader, b"data: ha\nlf: x\n\n")
                if self.has("slow-again"):
                    reader.seen -= 1
                    channel.trimmed -= 1
                    channel.entries.insert(0, Entry(channel.trimmed + 1, "e.x", "", "again"))
            entry = next((e for e in channel.entries if e.number > reader.seen), None)
            if entry is None:
                break
            reader.seen = entry.number
            self.write(reader, self.frame(entry, reader))
            if self.has("base-burst-doubles") and entry.number % 100 == 99:
                self.write(reader, self.frame(entry, reader))
            if self.has("base-stalled-blocks"):
                others = [other for other in channel.readers if not other.stop]
                await asyncio.gather(*(other.writer.drain() for other in others))
            if self.has("memory-copies"):
                for other in channel.readers:
                    if other.writer.transport.get_write_buffer_size() > 60_000:
                        other.hoard.append(b"x" * 5 * len(entry.text))
            elif not self.has("memory-unbounded"):
                await writer.drain()
            if reader.stop:
                break


async def main() -> None:
    port, folder, *rest = sys.argv[1:]
    toy = Toy(Path(folder), rest[0] if rest else "")
    server = await asyncio.start_server(
        toy.serve, "127.0.0.1", int(port), limit=1_048_576, backlog=512
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    server.close()
    toy.draining = True
    readers = [reader for channel in toy.channels.values() for reader in channel.readers]
    for reader in readers:
        reader.news.set()
    if toy.has("drain-never-ends"):
        await asyncio.sleep(3600)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            while any(channel.readers for channel in toy.channels.values()):
                await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main())
