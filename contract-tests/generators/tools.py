"""Generators of other people, pinned, installed once, and run on the published documents."""

import fcntl
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from testing.missing import ServiceMissing
from testing.node import FOLDER as COMPILER
from testing.node import packages, program

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "testing" / "generator_packages"
LOCK = FOLDER / "requirements.lock"
DOCUMENTS = ROOT / "generated" / "documents"
SECONDS = 300

MODELINA = """
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { TS_COMMON_PRESET, TypeScriptGenerator } from "@asyncapi/modelina";
const [document, folder] = process.argv.slice(2);
const presets = [{ preset: TS_COMMON_PRESET, options: { marshalling: true } }];
const generator = new TypeScriptGenerator({ presets });
const input = JSON.parse(readFileSync(document, "utf8"));
const models = await generator.generateCompleteModels(input, { exportType: "named", moduleSystem: "ESM" });
mkdirSync(folder);
for (const model of models) writeFileSync(`${folder}/${model.modelName}.ts`, model.result);
"""


def run(*command: str | Path, cwd: Path, environment: dict[str, str] | None = None) -> str:
    """Run a command. Raises AssertionError with what it said when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]}: {(done.stdout + done.stderr)[-3000:]}"
    return done.stdout


def python_with_generator() -> Path:
    """A Python that has openapi-python-client; ours has another typer. Raises ServiceMissing."""
    home = ROOT / "build" / "generators"
    python, stamp = home / "bin" / "python", home / ".installed"
    home.parent.mkdir(exist_ok=True)
    with (home.parent / "generators.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.stat().st_mtime < LOCK.stat().st_mtime:
            subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
            uv = shutil.which("uv")
            installer = (
                [uv, "pip", "install", "-q", "--python", python]
                if uv
                else [python, "-m", "pip", "install", "-q"]
            )
            done = subprocess.run(
                [*installer, "--require-hashes", "-r", LOCK],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise ServiceMissing(
                    f"openapi-python-client can't be installed: {done.stderr[-300:]}"
                )
            stamp.touch()
    return python


class Generated:
    """What all generators made of the documents, in one folder. Raises ServiceMissing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        program("npm")
        self.modules = packages(FOLDER, seconds=SECONDS)
        self.compiler = packages(COMPILER)
        self.python = python_with_generator()
        (folder / "node_modules").symlink_to(self.modules)
        (folder / "package.json").write_text('{"type": "module"}')
        with ThreadPoolExecutor(2) as pool:
            for done in [
                pool.submit(each)
                for each in (self._typescript, self._hey, self._orval, self._modelina, self._python)
            ]:
                done.result()

    def _tool(self, name: str, *arguments: str | Path) -> None:
        run(self.modules / ".bin" / name, *arguments, cwd=self.folder)

    def _typescript(self) -> None:
        self._tool("openapi-typescript", DOCUMENTS / "openapi.json", "-o", "openapi_typescript.ts")

    def _hey(self) -> None:
        self._tool(
            "openapi-ts",
            "-i",
            DOCUMENTS / "openapi-3.1.json",
            "-o",
            "hey",
            "-c",
            "@hey-api/client-fetch",
        )

    def _orval(self) -> None:
        self._tool(
            "orval",
            "--input",
            DOCUMENTS / "openapi-3.1.json",
            "--output",
            "orval.ts",
            "--client",
            "fetch",
        )

    def _modelina(self) -> None:
        (self.folder / "modelina.mjs").write_text(MODELINA)
        run(
            program("node"),
            "modelina.mjs",
            DOCUMENTS / "asyncapi.json",
            "modelina",
            cwd=self.folder,
        )

    def _python(self) -> None:
        generator = self.python.parent / "openapi-python-client"
        run(
            generator,
            "generate",
            "--path",
            DOCUMENTS / "openapi-3.1.json",
            "--output-path",
            "python_client",
            "--meta",
            "none",
            cwd=self.folder,
        )

    def compile(self, programs: dict[str, str]) -> None:
        """Check the types of programs in TypeScript and of all that they use, and bundle them."""
        files = [f"use_{name}.ts" for name in programs]
        for file, text in zip(files, programs.values(), strict=True):
            (self.folder / file).write_text(text)
        options = [
            "--noEmit",
            "--strict",
            "--skipLibCheck",
            "--module",
            "esnext",
            "--moduleResolution",
            "bundler",
            "--target",
            "es2022",
            "--lib",
            "es2022,dom,dom.iterable,dom.asynciterable",
        ]
        self._tool("tsc", *options, *files)
        run(
            self.compiler / ".bin" / "esbuild",
            *files,
            "--bundle",
            "--platform=node",
            "--format=esm",
            "--outdir=out",
            cwd=self.folder,
        )
