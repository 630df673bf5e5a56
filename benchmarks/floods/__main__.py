"""`python -m benchmarks.floods [trial ...]`: attack a stack of our own, or `--base-url`."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from benchmarks.floods.probe import impact
from benchmarks.floods.trials import TRIALS
from testing.stack import RunningStack


async def run(names: list[str], base_url: str, email: str, password: str, pid: int | None) -> None:
    for name in names:
        async with impact(base_url, pid) as found:
            what = await TRIALS[name](base_url, email, password)
        print(f"{name}: {found.told()}\n    {what}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floods", description=__doc__)
    parser.add_argument("trials", nargs="*", help=", ".join(TRIALS))
    parser.add_argument("--base-url", help="attack this origin, which must be your own")
    parser.add_argument("--email", default="demo@slipway.test")
    parser.add_argument("--password", default="")
    parser.add_argument("--pid", type=int, help="process whose memory is looked at")
    arguments = parser.parse_args()
    unknown = set(arguments.trials) - set(TRIALS)
    if unknown:
        parser.error(f"no such trial: {', '.join(sorted(unknown))}; there are {', '.join(TRIALS)}")
    names = arguments.trials or list(TRIALS)
    if arguments.base_url:
        given = (arguments.base_url, arguments.email, arguments.password, arguments.pid)
        asyncio.run(run(names, *given))
        return
    with (
        tempfile.TemporaryDirectory(prefix="slipway-floods-") as home,
        RunningStack.start("embedded", Path(home)) as stack,
    ):
        origin, pid = stack.origin, stack.process.pid if stack.process else None
        asyncio.run(run(names, origin.base_url, origin.email, origin.password, pid))


if __name__ == "__main__":
    main()
