"""How is a text written to a stream that cannot hold its characters, or to one that is not there?

On Windows every redirected output has the encoding of the system, which lacks the minus sign or all of
Chinese; a service starts without any streams.
"""

from __future__ import annotations

import io
import os
import sys

STANDARD = ("stdin", "stdout", "stderr")


def hold_all_characters() -> None:
    """Write characters that a standard stream lacks as escapes such as ``\\u2212``; drop none."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def open_missing() -> None:
    """Put the null device where a standard stream was closed before we started (``>&-``).

    Else the next file that is opened would get its number, and with it what others write there.
    """
    for number, name in enumerate(STANDARD):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def echo(text: str = "", *, err: bool = False) -> None:
    """Print a text in the encoding of the stream; the parser's own function takes UTF-8 for ASCII.

    Raises OSError where the stream takes no more.
    """
    print(text, file=sys.stderr if err else sys.stdout, flush=True)
