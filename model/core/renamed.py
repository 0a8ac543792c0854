"""Which Python names are old, and how long is an old name of anything understood?"""

from __future__ import annotations

import warnings

from model.core._version import __version__

WARNED = 2
"""Minor versions in which an old name is understood with a warning: the one that renamed it and the next."""

RENAMED: dict[str, tuple[str, str]] = {}
"""Old names, such as ``model.Old``: the new one, and the version since which it is old."""


def over(since: str, now: str = __version__) -> bool:
    """Whether a name that is old since version ``since`` is refused in version ``now``."""
    (major, minor), (major_now, minor_now) = (tuple(map(int, v.split(".")[:2])) for v in (since, now))
    return major_now > major or minor_now >= minor + WARNED


def name_now(package: str, name: str) -> str:
    """The name of today of what ``package`` gives, with a warning (DeprecationWarning) for an old one.

    Raises:
        AttributeError: for a name that is unknown or no longer understood.
    """
    new, since = RENAMED.get(f"{package}.{name}", ("", ""))
    if not new:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    if over(since):
        raise AttributeError(f"{package}.{name} is {package}.{new} since version {since}")
    warnings.warn(
        f"{package}.{name} is now {package}.{new}; the old name will be refused",
        DeprecationWarning,
        stacklevel=3,
    )
    return new
