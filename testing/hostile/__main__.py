"""`python -m testing.hostile --base-url http://…`: status 0 if every answer kept the rules."""

import argparse
import asyncio
import json
import os
import sys

from testing.hostile.case import Case
from testing.hostile.suite import run, sign_in


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m testing.hostile", description=__doc__)
    parser.add_argument("--base-url", required=True, help="an origin that is yours to attack")
    parser.add_argument("--email", help="sign in, to get past the first wall; the password is "
                        "SLIPWAY_PASSWORD of the environment")  # fmt: skip
    parser.add_argument("--token-env", help="variable that holds a session or API token")
    parser.add_argument("--only", default="", help="only cases whose name contains this")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument("--list", action="store_true", help="print the cases as they run")
    arguments = parser.parse_args()
    token = os.environ.get(arguments.token_env) if arguments.token_env else None
    if arguments.email:
        password = os.environ.get("SLIPWAY_PASSWORD")
        if not password:
            parser.error("--email needs the password in SLIPWAY_PASSWORD")
        token = asyncio.run(sign_in(arguments.base_url, arguments.email, password))

    def told(case: Case, wrong: list[str]) -> None:
        if arguments.list:
            print("FAIL" if wrong else "ok  ", case.name, "; ".join(wrong), flush=True)

    count, findings = asyncio.run(run(arguments.base_url, token, only=arguments.only, told=told))
    if arguments.json:
        print(json.dumps([{"case": f.case, "faults": f.faults} for f in findings], indent=2))
    else:
        for finding in findings:
            print(f"{finding.case}: {'; '.join(finding.faults)}")
        print(f"{count} hostile requests, {len(findings)} wrong answers", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
