"""The command line of contractkit: `contractkit init | generate | check | lint | docs | diff`.

Each command imports what it needs when it runs, so that help comes at once and a comparison does
not wait for the code generator.
"""

import sys
from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contractkit.compat.command import diff, record, release
from contractkit.errors import MALFORMED, ContractKitError, UsageError
from contractkit.init.command import init
from contractkit.lint.finding import RULES, Finding, Severity
from contractkit.lint.mends import MENDS
from contractkit.lint.options import read_lint_options
from contractkit.lint.profile import EXPLAINING, Profile, chosen
from contractkit.parts import PARTS

if TYPE_CHECKING:
    from contractkit.options import Options

app = typer.Typer(
    name="contractkit",
    help="Compile OpenAPI and AsyncAPI contracts into code, checks and documentation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.command("diff")(diff)
app.command("record")(record)
app.command("release")(release)
app.command("init")(init)


class Format(StrEnum):
    """How lint writes its findings."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


OpenApi = Annotated[Path | None, typer.Option(help="OpenAPI document, 3.0 to 3.2.")]
AsyncApi = Annotated[Path | None, typer.Option(help="AsyncAPI document, 2.x or 3.x.")]
Output = Annotated[Path | None, typer.Option(help="Folder of the generated code.")]


Strict = Annotated[
    bool | None,
    typer.Option("--strict/--partial", help="Refuse a document of which anything has no code."),
]


@app.command()
def generate(  # noqa: PLR0917 (typer reads options from the signature)
    openapi: OpenApi = None,
    asyncapi: AsyncApi = None,
    output: Output = None,
    strict: Strict = None,
    only: Annotated[
        list[str] | None, typer.Option(help=f"A part to write: {', '.join(PARTS)}.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Generate again after each change, until Ctrl+C.")
    ] = False,
) -> None:
    """Write the code that the contracts stand for; what has no code is left out by name."""
    from contractkit.generator.generate import generate as run_generate
    from contractkit.generator.summary import step, write_result
    from contractkit.generator.watch import keep_generating
    from contractkit.options import read_options

    unknown = sorted(set(only or ()) - set(PARTS))
    if unknown:
        raise UsageError(f"There is no part {', '.join(unknown)}; write {', '.join(PARTS)}.")

    def read() -> "Options":
        return read_options(
            Path.cwd(),
            openapi=openapi,
            asyncapi=asyncapi,
            output=output,
            strict=strict,
            only=frozenset(only or ()),
        )

    options = read()
    if not watch:
        write_result(options, run_generate(options, step), sys.stdout)
        return
    try:
        keep_generating(read, typer.echo)
    except KeyboardInterrupt:
        typer.echo("Stopped.")


@app.command()
def check(openapi: OpenApi = None, asyncapi: AsyncApi = None, output: Output = None) -> None:
    """Exit with 1 and a diff when the generated code is stale."""
    from contractkit.generator.staleness import stale
    from contractkit.options import read_options

    options = read_options(Path.cwd(), openapi=openapi, asyncapi=asyncapi, output=output)
    differences = stale(options)
    for difference in differences:
        for line in difference.splitlines():
            colour = {"+": typer.colors.GREEN, "-": typer.colors.RED}.get(line[:1])
            typer.secho(line, fg=colour)
    if differences:
        count = len(differences)
        typer.secho(
            f"{count} generated file{'s are' if count > 1 else ' is'} stale. "
            "Run `contractkit generate` and commit the result.",
            err=True,
        )
        raise typer.Exit(1)
    typer.echo(f"{options.output.name} is what the contracts say.")


@app.command()
def docs(openapi: OpenApi = None, asyncapi: AsyncApi = None, output: Output = None) -> None:
    """Write a self-contained page per document, with links between them."""
    from contractkit.docs.pages import write_pages
    from contractkit.options import read_options
    from contractkit.reader.contract import read_contract
    from contractkit.tree import FolderTree

    options = read_options(Path.cwd(), openapi=openapi, asyncapi=asyncapi)
    contract = read_contract(
        FolderTree(options.root), openapi=options.openapi, asyncapi=options.asyncapi
    )
    folder = output or Path.cwd() / "docs"
    for path in write_pages(contract, folder, workflows=options.workflows):
        typer.echo(f"Wrote {path}.")


@app.command()
def lint(  # noqa: PLR0917 (typer reads options from the signature)
    openapi: OpenApi = None,
    asyncapi: AsyncApi = None,
    output_format: Annotated[
        Format, typer.Option("--format", help="How findings are written.")
    ] = Format.TEXT,
    fail_on: Annotated[
        Severity, typer.Option(help="The least severity that makes the exit status 1.")
    ] = Severity.ERROR,
    ignore: Annotated[list[str] | None, typer.Option(help="A rule to leave out.")] = None,
    profile: Annotated[
        Profile | None, typer.Option(help="`strict` also asks for what explains; see the docs.")
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend in the files what needs no judgement.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Show every place, not the first of each warning.")
    ] = False,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules and end.")] = False,
) -> None:
    """Tell what is wrong with the contracts, where, and what mends it."""
    if rules:
        for name, rule in RULES.items():
            typer.echo(f"{name:22}{rule.severity.value:9}{rule.demand}")
        return
    from contractkit.lint.fix import fix as mend
    from contractkit.lint.report import as_json, as_sarif, write_text
    from contractkit.lint.run import lint as run_lint
    from contractkit.options import read_options

    asked = read_lint_options(Path.cwd(), profile=profile, ignored=ignore)
    options = read_options(Path.cwd(), openapi=openapi, asyncapi=asyncapi)

    def select(found: Iterable[Finding]) -> list[Finding]:
        return list(chosen(found, asked.profile, asked.ignored))

    if fix:
        fixed = mend(options, select)
        typer.echo(
            f"Mended {fixed.count} place{'' if fixed.count == 1 else 's'}"
            + (f" in {', '.join(fixed.files)}." if fixed.count else "."),
            err=output_format is not Format.TEXT,
        )
    findings = fixed.left if fix else select(run_lint(options))
    if output_format is Format.TEXT:
        write_text(findings, sys.stdout, everything=everything)
    else:
        report = (
            as_json(findings) if output_format is Format.JSON else as_sarif(findings, options.root)
        )
        typer.echo(report)
    if any(f.severity in {Severity.ERROR, fail_on} for f in findings):
        raise typer.Exit(1)


@app.command()
def explain(rule: Annotated[str, typer.Argument(help="A rule of lint.")]) -> None:
    """Say what a rule demands, and how to let a place pass."""
    from contractkit.lint.fix import FIXED

    known = RULES.get(rule)
    if known is None:
        close = get_close_matches(rule, RULES, 3)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        raise UsageError(f"There is no rule {rule!r}.{hint} `contractkit lint --rules` lists them.")
    typer.echo(f"{rule} ({known.severity.value}): {known.demand}")
    typer.echo(f"Mend: {MENDS[rule]}")
    if rule in EXPLAINING:
        typer.echo("Only the profile `strict` asks for it.")
    if rule in FIXED:
        typer.echo("`contractkit lint --fix` mends it.")
    typer.echo(
        f"To let one place pass, write `# contractkit: ignore {rule}` behind it or above it."
    )
    typer.echo(
        f"To leave the rule out, run `contractkit lint --ignore {rule}`, or write "
        f'`ignore = ["{rule}"]` below [tool.contractkit.lint].'
    )


def main() -> None:
    """Run the command line; errors of the user's making end with status 2 and one message."""
    try:
        app(standalone_mode=True)
    except ContractKitError as error:
        typer.secho(f"contractkit: {error}", err=True, fg=typer.colors.RED)
        raise SystemExit(2) from error
    except MALFORMED as error:
        typer.secho(
            "contractkit: A value in the document is of a kind that does not belong there "
            f"({type(error).__name__}: {error}). Compare it with the specification; if it is "
            "right, report it with the document as a defect.",
            err=True,
            fg=typer.colors.RED,
        )
        raise SystemExit(2) from error
    except RecursionError as error:
        typer.secho(
            "contractkit: The document nests deeper than contractkit can follow. Put inner schemas "
            "into definitions and refer to them.",
            err=True,
            fg=typer.colors.RED,
        )
        raise SystemExit(2) from error
