"""The command line of contractkit: `contractkit init | generate | check | lint | docs | diff`.

Each command imports what it needs when it runs, so that help comes at once and a comparison does
not import the code generator.
"""

import gc
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from contractkit.arguments import DocumentCommand
from contractkit.compat.command import diff, record, release
from contractkit.errors import MALFORMED, ContractKitError, UsageError
from contractkit.init.command import init
from contractkit.parts import PARTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from contractkit.lint.violation import Violation
    from contractkit.options import Options

Function = TypeVar("Function", bound="Callable[..., Any]")
PATH = click.Path(path_type=Path)
openapi = click.option("--openapi", type=PATH, help="OpenAPI document, 3.0 to 3.2.")
asyncapi = click.option("--asyncapi", type=PATH, help="AsyncAPI document, 2.x or 3.x.")
output = click.option("--output", type=PATH, help="Folder of the generated code.")


def documents(function: Function) -> Function:
    """Add the options that name the two documents."""
    return openapi(asyncapi(function))


@click.group(name="contractkit", no_args_is_help=True, context_settings={"max_content_width": 100})
@click.version_option(package_name="contractkit", prog_name="contractkit")
def app() -> None:
    """Compile OpenAPI and AsyncAPI contracts into code, checks and documentation."""


for command in (diff, record, release, init):
    app.add_command(command)


@app.command(cls=DocumentCommand)
@documents
@output
@click.option(
    "--strict/--partial",
    default=None,
    help="Fail when any part of a document has no generated code.",
)
@click.option("--only", multiple=True, help=f"A part to write: {', '.join(PARTS)}.")
@click.option("--watch", is_flag=True, help="Generate again after each change, until Ctrl+C.")
def generate(
    *,
    openapi: Path | None,
    asyncapi: Path | None,
    output: Path | None,
    strict: bool | None,
    only: tuple[str, ...],
    watch: bool,
) -> None:
    """Generate the code of the contracts; parts without code are left out and named."""
    from contractkit.generator.generate import generate as run_generate
    from contractkit.generator.summary import step, write_result
    from contractkit.generator.watch import keep_generating
    from contractkit.options import read_options

    unknown = sorted(set(only) - set(PARTS))
    if unknown:
        raise UsageError(f"There is no part {', '.join(unknown)}; write {', '.join(PARTS)}.")

    def read() -> "Options":
        return read_options(
            Path.cwd(),
            openapi=openapi,
            asyncapi=asyncapi,
            output=output,
            strict=strict,
            only=frozenset(only),
        )

    options = read()
    if not watch:
        write_result(options, run_generate(options, step), sys.stdout)
        return
    try:
        keep_generating(read, click.echo)
    except KeyboardInterrupt:
        click.echo("Stopped.")


@app.command(cls=DocumentCommand)
@documents
@output
def check(*, openapi: Path | None, asyncapi: Path | None, output: Path | None) -> None:
    """Exit with 1 and a diff when the generated code is stale."""
    from contractkit.generator.staleness import stale
    from contractkit.options import read_options

    options = read_options(Path.cwd(), openapi=openapi, asyncapi=asyncapi, output=output)
    differences = stale(options)
    for difference in differences:
        for line in difference.splitlines():
            colour = {"+": "green", "-": "red"}.get(line[:1])
            click.secho(line, fg=colour)
    if differences:
        count = len(differences)
        click.secho(
            f"{count} generated file{'s are' if count > 1 else ' is'} stale. "
            "Run `contractkit generate` and commit the result.",
            err=True,
        )
        raise click.exceptions.Exit(1)
    click.echo(f"{options.output.name} is what the contracts say.")


@app.command(cls=DocumentCommand)
@documents
@output
def docs(*, openapi: Path | None, asyncapi: Path | None, output: Path | None) -> None:
    """Write a self-contained page per document, with links between them, and the documents."""
    from contractkit.docs.pages import write_pages
    from contractkit.generator.bundled_documents import write_documents
    from contractkit.options import read_options
    from contractkit.reader.contract import read_contract
    from contractkit.tree import FolderTree

    options = read_options(Path.cwd(), openapi=openapi, asyncapi=asyncapi)
    contract = read_contract(
        FolderTree(options.root), openapi=options.openapi, asyncapi=options.asyncapi
    )
    folder = output or Path.cwd() / "docs"
    write_documents(contract.documents, folder, openapi=options.openapi, asyncapi=options.asyncapi)
    for path in write_pages(contract, folder, options.pages):
        click.echo(f"Wrote {path}.")


@app.command(cls=DocumentCommand)
@documents
@click.option(
    "--format",
    "shape",
    type=click.Choice(("text", "json", "sarif")),
    default="text",
    show_default=True,
    help="How violations are written.",
)
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning")),
    default="error",
    show_default=True,
    help="The lowest severity that makes the exit status 1.",
)
@click.option("--ignore", multiple=True, help="A rule to ignore.")
@click.option(
    "--profile",
    type=click.Choice(("recommended", "strict")),
    help="`strict` also asks for descriptions and examples; see the docs.",
)
@click.option("--fix", is_flag=True, help="Mend violations that need no decision, in the files.")
@click.option(
    "--all", "everything", is_flag=True, help="Show every place, not the first of each warning."
)
@click.option("--rules", is_flag=True, help="List the rules and end.")
def lint(
    *,
    openapi: Path | None,
    asyncapi: Path | None,
    shape: str,
    fail_on: str,
    ignore: tuple[str, ...],
    profile: str | None,
    fix: bool,
    everything: bool,
    rules: bool,
) -> None:
    """Report what is wrong with the contracts, where, and how to mend it."""
    from contractkit.level import Level
    from contractkit.lint.violation import RULES

    if rules:
        for name, rule in RULES.items():
            click.echo(f"{name:22}{rule.level.value:9}{rule.text}")
        return
    from contractkit.lint.fix import fix as mend
    from contractkit.lint.options import read_lint_options
    from contractkit.lint.profile import Profile, chosen
    from contractkit.lint.report import as_json, as_sarif, write_text
    from contractkit.lint.run import lint as run_lint
    from contractkit.options import read_options

    asked = read_lint_options(
        Path.cwd(), profile=Profile(profile) if profile else None, ignored=ignore
    )
    options = read_options(Path.cwd(), openapi=openapi, asyncapi=asyncapi)

    def select(found: "Iterable[Violation]") -> "list[Violation]":
        return list(chosen(found, asked.profile, asked.ignored))

    if fix:
        fixed = mend(options, select)
        click.echo(
            f"Mended {fixed.count} place{'' if fixed.count == 1 else 's'}"
            + (f" in {', '.join(fixed.files)}." if fixed.count else "."),
            err=shape != "text",
        )
    violations = fixed.left if fix else select(run_lint(options))
    if shape == "text":
        write_text(violations, sys.stdout, everything=everything)
    else:
        click.echo(as_json(violations) if shape == "json" else as_sarif(violations, options.root))
    if any(v.level in {Level.ERROR, Level(fail_on)} for v in violations):
        raise click.exceptions.Exit(1)


@app.command()
@click.argument("rule")
def explain(rule: str) -> None:
    """Explain a rule of lint, and how to suppress it in one place."""
    from difflib import get_close_matches

    from contractkit.lint.fix import FIXED
    from contractkit.lint.mends import MENDS
    from contractkit.lint.profile import EXPLAINING
    from contractkit.lint.violation import RULES

    known = RULES.get(rule)
    if known is None:
        close = get_close_matches(rule, RULES, 3)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        raise UsageError(f"There is no rule {rule!r}.{hint} `contractkit lint --rules` lists them.")
    click.echo(f"{rule} ({known.level.value}): {known.text}")
    click.echo(f"Mend: {MENDS[rule]}")
    if rule in EXPLAINING:
        click.echo("Only the profile `strict` asks for it.")
    if rule in FIXED:
        click.echo("`contractkit lint --fix` mends it.")
    click.echo(
        f"To let one place pass, write `# contractkit: ignore {rule}` behind it or above it."
    )
    click.echo(
        f"To leave the rule out, run `contractkit lint --ignore {rule}`, or write "
        f'`ignore = ["{rule}"]` below [tool.contractkit.lint].'
    )


def main() -> None:
    """Run the command line; a user's error ends with status 2 and one message."""
    try:
        app(standalone_mode=True)
    except ContractKitError as error:
        click.secho(f"contractkit: {error}", err=True, fg="red")
        raise SystemExit(2) from error
    except OSError as error:
        place = "" if error.filename is None else f"{error.filename}: "
        click.secho(f"contractkit: {place}{error.strerror or error}.", err=True, fg="red")
        raise SystemExit(2) from error
    except MALFORMED as error:
        click.secho(
            "contractkit: A value in the document is of a kind that does not belong there "
            f"({type(error).__name__}: {error}). Compare it with the specification; if it is "
            "right, report it with the document as a defect.",
            err=True,
            fg="red",
        )
        raise SystemExit(2) from error
    except RecursionError as error:
        click.secho(
            "contractkit: The document nests deeper than contractkit can follow. Put inner schemas "
            "into definitions and refer to them.",
            err=True,
            fg="red",
        )
        raise SystemExit(2) from error
    finally:
        # The process ends now; the interpreter need not search its memory for cycles.
        gc.freeze()
