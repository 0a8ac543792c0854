"""``python -m experiments`` is the command ``gongzhi``."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__" and os.path.realpath(sys.path[0]) != os.path.dirname(os.path.dirname(__file__)):
    del sys.path[0]  # the present folder, whose files would be taken for libraries of the same name


def main() -> None:
    """Run the command line; an interruption is one line from the first import on."""
    try:
        from experiments.cli import main as run
        from experiments.runs.parallel import no_worker_imports_main
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted: nothing was written.\n")
        sys.exit(130)
    no_worker_imports_main()
    run()


if __name__ == "__main__":
    main()
