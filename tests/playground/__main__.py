"""Start the bot and the Playground, say where, and wait: make playground."""

import sys
import time
from pathlib import Path

from tests.playground.stage import ME, stage


def main() -> None:
    """Run until interrupted."""
    sys.stderr.write("Starting the bot and the Playground …\n")
    with stage(Path("var/playground"), 8090, 56150) as at:
        print(f"Open {at.playground} – you are {at.people[ME]['name']}, incident commander. Type: declare")
        print(f"The board: {at.bot}/board (type: board). What both say: {at.data}/*.log. Stop with Ctrl-C.", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
