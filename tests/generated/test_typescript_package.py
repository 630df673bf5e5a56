"""The client's package as others take it: packed, installed, and used by Node, compilers and bundlers.

Next (Turbopack) bundles it in the console, whose build `tests/web` compares.
"""

import gzip
import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from testing.missing import ServiceMissing, skip_or_fail
from testing.node import FOLDER, packages, program

PACKAGE = Path(__file__).parents[2] / "generated" / "typescript"
USE = """
const client = new Client({ baseUrl: 'http://127.0.0.1:9' });
if (typeof client.getJob !== 'function' || typeof streamEvents !== 'function') throw new Error('not exported');
if (ProblemCode.not_found !== 'not_found') throw new Error('no codes');
console.log(new ProblemError(404, undefined, undefined).message);
"""
NAMES = "{ Client, ProblemCode, ProblemError, streamEvents }"
TYPED = """
import { Client, ProblemCode, ProblemError, streamEvents } from "slipway-client";
import type { Job, JobStatus, StreamEventsFrame } from "slipway-client";
import { useJob } from "slipway-client/react";

export async function follow(client: Client, jobId: number): Promise<JobStatus | undefined> {
  const job: Job = await client.getJob({ jobId });
  let status: JobStatus | undefined = job.status;
  const stream = streamEvents(client, { jobId, lastEventId: undefined });
  for await (const frame of stream) {
    const known: StreamEventsFrame = frame;
    if (known.event === "message" && known.data.type === "job_status") status = known.data.status;
  }
  const cursor: string | undefined = stream.cursor;
  return cursor === undefined ? undefined : status;
}

export function told(error: unknown): string {
  if (error instanceof ProblemError && error.code === ProblemCode.not_found) return "gone";
  // @ts-expect-error a code is text
  if (error instanceof ProblemError && error.code === 404) return "never";
  return "other";
}

export const hook: typeof useJob = useJob;

export const traced = new Client({
  propagate: (headers) => {
    headers["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  },
});
"""
RESOLUTIONS = {
    "nodenext": ("use.mts", ["--module", "nodenext"]),
    "nodenext, CommonJS": ("use.cts", ["--module", "nodenext"]),
    "bundler": ("use.ts", ["--module", "esnext", "--moduleResolution", "bundler"]),
    "node10": ("use.ts", ["--module", "commonjs", "--moduleResolution", "node10"]),
}
USED = {
    "what an application uses": (
        "{ Client, isTransient, listenStreamEvents, NotAnEventStreamError, ProblemCode, ProblemError,"
        " problemOf, streamEvents }",
        3_316,
    ),
    "the lists of values as well": ("*", 3_870),
}
"""What is exported, and how large it may be without operations."""
INTERNAL = ("sleep", "url")
"""Modules that are no entries of the package."""
LARGEST_OPERATION = 15
"""Bytes after minifying and gzip, here and above."""

pytestmark = pytest.mark.node


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tools() -> Path:
    """The folder of the compiler's and bundlers' packages."""
    try:
        program("node")
        return packages(FOLDER)
    except ServiceMissing as reason:
        skip_or_fail(reason)


@pytest.fixture(scope="module")
def packed(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed")
    run(program("npm"), "pack", "--silent", "--pack-destination", folder, cwd=PACKAGE)
    (archive,) = folder.glob("slipway-client-*.tgz")
    return archive


@pytest.fixture(scope="module")
def project(packed: Path, tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has the package installed, as npm does it: unpacked into node_modules."""
    folder = tmp_path_factory.mktemp("project")
    installed = folder / "node_modules" / "slipway-client"
    installed.parent.mkdir()
    # Python's own way asks for a filter from 3.12 on, and has none before 3.11.4.
    subprocess.run(["tar", "-xf", packed, "-C", folder], check=True)
    (folder / "package").rename(installed)
    for name in ("react", "react-dom", "@types", "csstype", "scheduler"):
        (installed.parent / name).symlink_to(tools / name)
    return folder


def test_what_is_packed(packed: Path) -> None:
    with tarfile.open(packed) as archive:
        names = {name.removeprefix("package/") for name in archive.getnames()}
    manifest = json.loads((PACKAGE / "package.json").read_text())
    shared = {f"{name}.{end}" for name in INTERNAL for end in ("js", "cjs", "d.ts", "d.cts")}
    wanted = {"package.json", "README.md", *shared}
    for entry in manifest["exports"].values():
        if isinstance(entry, dict):
            for condition in entry.values():
                wanted |= {path.removeprefix("./") for path in condition.values()}
    assert names == wanted
    assert packed.name == f"slipway-client-{manifest['version']}.tgz"


def test_node_imports_it(project: Path) -> None:
    (project / "use.mjs").write_text(f"import {NAMES} from 'slipway-client';\n{USE}")
    assert run(program("node"), "use.mjs", cwd=project) == "HTTP 404\n"


def test_node_requires_it(project: Path) -> None:
    (project / "use.cjs").write_text(f"const {NAMES} = require('slipway-client');\n{USE}")
    # Without Node's own way to require ES modules, so that the CommonJS files are what is used.
    node = run(program("node"), "-p", "process.allowedNodeEnvironmentFlags.has('--experimental-require-module')", cwd=project)
    flags = ["--no-experimental-require-module"] if node == "true\n" else []
    assert run(program("node"), *flags, "use.cjs", cwd=project) == "HTTP 404\n"


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_the_compiler_finds_its_types(project: Path, tools: Path, resolution: str) -> None:
    file, options = RESOLUTIONS[resolution]
    (project / file).write_text(TYPED)
    strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"]
    target = ["--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--noEmit"]
    # The package's declarations are checked, the compiler's own and Node's are not.
    checked = ["--skipDefaultLibCheck", "--types", "react"]
    run(tools / ".bin" / "tsc", *options, *strict, *target, *checked, file, cwd=project)


@pytest.mark.parametrize("form", ["esm", "cjs"])
def test_esbuild_bundles_it(project: Path, tools: Path, form: str) -> None:
    (project / "bundled.mjs").write_text(f"import {NAMES} from 'slipway-client';\n{USE}")
    output = "out.mjs" if form == "esm" else "out.cjs"
    run(
        tools / ".bin" / "esbuild",
        "bundled.mjs",
        "--bundle",
        "--platform=node",
        f"--format={form}",
        f"--outfile={output}",
        cwd=project,
    )
    assert run(program("node"), output, cwd=project) == "HTTP 404\n"


def test_vite_builds_it(project: Path, tools: Path) -> None:
    (project / "index.html").write_text('<script type="module" src="/main.js"></script>')
    (project / "main.js").write_text(f"import {NAMES} from 'slipway-client';\n{USE}")
    run(program("node"), tools / "vite" / "bin" / "vite.js", "build", "--logLevel=warn", cwd=project)
    (script,) = (project / "dist" / "assets").glob("*.js")
    assert "Last-Event-ID" in script.read_text() or "last-event-id" in script.read_text()


def bundled(project: Path, tools: Path, exports: str) -> bytes:
    """Return a minified module that exports some of the package."""
    (project / "some.mjs").write_text(f"export {exports} from 'slipway-client';")
    options = ["--bundle", "--minify", "--format=esm", "--outfile=some.min.mjs"]
    run(tools / ".bin" / "esbuild", "some.mjs", *options, cwd=project)
    return (project / "some.min.mjs").read_bytes()


@pytest.mark.parametrize("used", USED)
def test_it_is_small(project: Path, tools: Path, used: str) -> None:
    exports, largest = USED[used]
    operations = (PACKAGE / "src/client.ts").read_text().count("; throws ProblemError.")
    assert operations > 50
    size = len(gzip.compress(bundled(project, tools, exports), 9, mtime=0))
    assert size <= largest + LARGEST_OPERATION * operations


def test_what_is_not_used_is_left_out(project: Path, tools: Path) -> None:
    errors = bundled(project, tools, "{ ProblemError }")
    assert b"fetch" not in errors
    assert b"not_authenticated" not in errors
    assert len(errors) < 500
    assert b"text/event-stream" not in bundled(project, tools, "{ Client }")
