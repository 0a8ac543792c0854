"""The command ``gongzhi``: what can it be asked, and what does it print?

Commands import what they need when they run, so that help and refusals are quick.
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, NoReturn

import typer

from experiments.cli.check import calibrate_command, verify_command
from experiments.cli.compare import compare_command
from experiments.cli.look import (
    instruments_command,
    list_command,
    outcomes_command,
    parameters_command,
    show_command,
)
from experiments.cli.new import new_command
from experiments.cli.options import BAD_INPUT, FAILED, INTERRUPTED
from experiments.cli.run import run_command
from experiments.cli.study import app as study_app
from experiments.cli.upgrade import upgrade_command
from experiments.loading.renamed import flags_now
from experiments.storage.streams import echo, hold_all_characters, open_missing
from model.core._version import __version__
from model.core.errors import GongzhiError

DISK = (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS, errno.EFBIG)
"""What a full or a broken disk says."""
UsageError: type[Exception] = typer.BadParameter.__bases__[0]
"""What Typer raises for a wrong command line, whichever version of its parser it brings."""

app = typer.Typer(
    help="""Simulate a community, week by week, and compare policies for participation in its governance.

    \b
    gongzhi list                              which scenarios there are
    gongzhi new ours.toml                     a file of your own community
    gongzhi show wangzhuang --guesses         what one rests on
    gongzhi run wangzhuang                    its figures without a policy
    gongzhi compare wangzhuang --demo         policies compared, on one page
    gongzhi study --help                      sweeps that survive
    """,
    add_completion=True,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for name, command in (
    ("run", run_command),
    ("compare", compare_command),
    ("new", new_command),
    ("list", list_command),
    ("show", show_command),
    ("instruments", instruments_command),
    ("outcomes", outcomes_command),
    ("parameters", parameters_command),
    ("calibrate", calibrate_command),
    ("verify", verify_command),
    ("upgrade", upgrade_command),
):
    app.command(name)(command)
app.add_typer(study_app, name="study")


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Show which version this is, and end.")] = False,
) -> None:
    if version:
        echo(f"gongzhi {__version__}")
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process.

    Exit code 0; 1 if a run failed, the disk is full, or for a bug, with a crash file; 2 for bad input; 130 if
    interrupted, 143 if terminated.
    """
    open_missing()
    hold_all_characters()
    sys.exit(_code(arguments))


def _code(arguments: Sequence[str] | None) -> int:
    from experiments.storage import stops

    code: object = FAILED
    heard = stops.Heard()
    try:
        with stops.heard_interruptions() as heard:
            code = typer.main.get_command(app).main(
                flags_now(sys.argv[1:] if arguments is None else arguments),
                prog_name="gongzhi",
                standalone_mode=False,
            )
            sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except (BrokenPipeError, SystemExit) as ended:  # the parser makes the one of the other
        if not isinstance(ended, BrokenPipeError) and not isinstance(ended.__context__, BrokenPipeError):
            raise
        _print_no_more()  # the reader of what we print has gone: `gongzhi show wangzhuang | head`
        return 0 if _written() else FAILED
    except GongzhiError as error:
        told = "\n".join([str(error), *getattr(error, "__notes__", ())])
        return _told(told, FAILED if type(error).__name__ == "RunFailed" else BAD_INPUT)
    except UsageError as error:
        return _usage(error)
    except OSError as error:
        if error.errno not in DISK:
            return _bug()
        _print_no_more()
        where = f" ({error.filename})" if error.filename else ""
        return _told(f"The disk or the output refuses{where}: {error.strerror}.{_written()}", FAILED)
    except Exception:
        return _bug()
    if code == INTERRUPTED:  # also what newer versions of Typer make of an interruption
        return _told(f"Interrupted{_written() or ': nothing was written.'}", heard.exit_code)
    return code if isinstance(code, int) else 0


def _written() -> str:
    """What lies on the disk by now; empty if nothing does."""
    from experiments.storage.files import written

    return f". Written before: {', '.join(map(str, written()))}." if written() else ""


def _print_no_more() -> None:
    """Let nothing that is still to be printed fail when the process ends."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _told(message: str, code: int) -> int:
    with suppress(OSError):  # nobody listens
        echo(message, err=True)
    return code


def _bug() -> int:
    return _told(f"This is a bug in gongzhi. What happened stands in {_crash_file()}", FAILED)


def _usage(error: Exception) -> int:
    """One message for a wrong command line; the help if nothing was asked."""
    told = error.format_message() if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    hint = f" (see {context.command_path} --help)" if context is not None and "Usage:" not in told else ""
    return _told(f"{told}{hint}", BAD_INPUT)


def _crash_file() -> str:
    """Where what happened was written down; what happened itself if the disk refuses."""
    told = f"{sys.argv}\n{sys.version}\n\n{traceback.format_exc()}"
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix="gongzhi-crash-",
            suffix=".txt",
            encoding="utf-8",
            errors="backslashreplace",
            delete=False,
        ) as file:
            file.write(told)
    except OSError as error:
        return f"this message, as no file could be written ({error.strerror}): {told}"
    return file.name
