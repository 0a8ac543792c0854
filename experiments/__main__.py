"""``python -m experiments`` is the command ``gongzhi``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; an interruption is one line from the first import on."""
    try:
        from experiments.cli import main as run
        from experiments.parallel import no_worker_imports_main
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted: nothing was written.\n")
        sys.exit(130)
    no_worker_imports_main()
    run()


if __name__ == "__main__":
    main()
