"""Where do things lie that are dear to make and easily made again?

On shelves below one folder: ``GONGZHI_CACHE``, else the cache folder of the user. A cache is optional: what
cannot be read is as good as absent, and what cannot be saved there is saved in a temporary folder, with one
warning. What is loaded is run, so nothing is taken from a folder in which somebody else has written.
"""

import atexit
import errno
import hashlib
import logging
import os
import shutil
import tempfile
import uuid
from contextlib import suppress
from functools import cache
from pathlib import Path

from platformdirs import user_cache_dir

ASKED, TEMPORARY = "GONGZHI_CACHE", "GONGZHI_CACHE_TEMPORARY"
"""Environment variables: the folder a user asks for, and the temporary one that a parent process fills."""

_log = logging.getLogger("gongzhi")
_temporary = Path(os.environ[TEMPORARY]) if os.environ.get(TEMPORARY) else None
_full = False


def load(shelf: str, name: str) -> bytes | None:
    """What was saved under ``name``; None if that is absent, damaged, not readable or not ours."""
    for temporary in (True, False):
        with suppress(OSError):
            root = _temporary if temporary else cache_root()
            if root is not None:
                content = (_folder(root, shelf) / name).read_bytes()
                digest, body = content[:32], content[32:]
                if hashlib.sha256(body).digest() == digest:
                    return body
    return None


def save(shelf: str, name: str, content: bytes) -> None:
    """Keep ``content`` under ``name`` if any folder takes it; a fault is told once and not raised."""
    global _full
    for _ in range(2):
        if _full:
            return
        try:
            root = _temporary or cache_root()
            _write(_folder(root, shelf) / name, hashlib.sha256(content).digest() + content)
            return
        except OSError as fault:
            if _temporary is None:
                _leave(fault)
            else:
                _full = True


def handed_on() -> dict[str, str]:
    """Environment variables for workers, so that they share the temporary folder of this process, if it needs
    one, and do not tell again what was told here."""
    save("tries", "written", b"")
    return {} if _temporary is None else {TEMPORARY: str(_temporary)}


@cache
def cache_root() -> Path:
    """The folder that is asked for by ``GONGZHI_CACHE``, else where this platform wants caches of the user.

    Raises OSError if that is below a home folder and there is none.
    """
    asked = os.environ.get(ASKED, "")
    try:
        root = Path(asked).expanduser().absolute() if asked else Path(user_cache_dir("gongzhi", False))
    except RuntimeError:
        raise FileNotFoundError(errno.ENOENT, "there is no such home folder", asked) from None
    if not root.is_absolute():
        raise FileNotFoundError(errno.ENOENT, "this user has no home folder", str(root))
    return root


def _leave(fault: OSError) -> None:
    """Go on with a temporary folder, removed when this process ends, or with none."""
    global _temporary, _full
    _log.warning(
        "compiled kernels cannot be kept in %s (%s): they are compiled anew in each run; set %s to a folder "
        "that can be written to and has room",
        fault.filename,
        fault.strerror,
        ASKED,
    )
    try:
        _temporary = Path(tempfile.mkdtemp(prefix="gongzhi-"))
        atexit.register(_remove, _temporary, os.getpid())
    except OSError:
        _full = True


def _remove(folder: Path, maker: int) -> None:
    """Remove the temporary folder, unless this is a fork of the process that made it."""
    if os.getpid() == maker:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def _folder(root: Path, shelf: str) -> Path:
    """The folder of a shelf in which only this user has written: in a shared root one of her own.

    Raises OSError if there is none and none can be made.
    """
    me = os.geteuid() if hasattr(os, "geteuid") else None
    for name in (shelf, f"{shelf}-{me}"):
        folder = root / name
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700, parents=True)
        if me is None or _ours(folder, me):
            return folder
    raise PermissionError(errno.EACCES, "somebody else has written there", str(root))


def _ours(folder: Path, me: int) -> bool:
    """Whether a folder and all that is in it belong to the user ``me``; from now on others cannot write."""
    try:
        if _owners(folder) != {me}:
            return False
    except OSError:
        return False
    with suppress(OSError):
        if folder.stat().st_mode & 0o022:
            folder.chmod(0o700)
    return True


def _owners(folder: Path) -> set[int]:
    """The users who own a folder, the link to it, or anything in it."""
    owners = {folder.stat().st_uid, folder.lstat().st_uid}
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # a draft that another process has just renamed
            owners.add(path.lstat().st_uid)
    return owners


def _write(path: Path, content: bytes) -> None:
    """Write a file in one step, whatever other processes do. Raises OSError that names the folder."""
    draft = path.with_name(f".{uuid.uuid4().hex}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as fault:
        with suppress(OSError):
            draft.unlink()
        raise OSError(fault.errno, fault.strerror, str(path.parent)) from fault
