"""What the tests of the fork server start."""

import json
import os
import sys
import time

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["tell", *arguments]:
            told = {
                "arguments": arguments,
                "environment": dict(os.environ),
                "session": os.getsid(0) == os.getpid(),
                "heard": sys.stdin.read(),
            }
            sys.stdout.write(f"{json.dumps(told)}\n")
            sys.stderr.write("an error\n")
            sys.exit(3)
        case ["wait"]:
            time.sleep(600)
        case ["fail"]:
            raise ValueError("a fault")
