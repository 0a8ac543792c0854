"""Which software made the runs of a study: this one, or which other?"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from experiments.storage.files import sha256, versions
from model.core.sources import fingerprint, tree_hash

EXPERIMENTS = Path(__file__).parents[2]
READ_ONLY = ("baseline", "figures")
"""Sources beside the outcomes that read what was recorded."""
RECORDING = (
    *("runs/simulate.py", "study/running/work.py", "study/design/code.py"),
    *(
        file.relative_to(EXPERIMENTS).as_posix()
        for file in sorted((EXPERIMENTS / "outcomes").glob("*.py"))
        if file.stem.isidentifier() and file.stem not in READ_ONLY
    ),
)
"""The sources that compute what is recorded; a change there makes other runs."""

SHOWN = 12
"""Digits of a fingerprint that a person is shown."""


@dataclass(frozen=True)
class Software:
    """What runs were made by: fingerprint of the model, of the sources that record, and the versions.

    ``recording`` is empty where it is not known.
    """

    model: str
    recording: str
    versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Software:
        """As `record` wrote it, now or in an earlier version."""
        found = record.get("versions")
        return cls(
            str(record.get("model_fingerprint", "")),
            str(record.get("recording", "")),
            found if isinstance(found, dict) else {},
        )

    @property
    def version(self) -> str:
        """The version of gongzhi."""
        return self.versions.get("gongzhi", "unknown")

    def same(self, other: Software) -> bool:
        """True if both give the same runs."""
        return (self.model, self.recording) == (other.model, other.recording)

    def called(self, name: str) -> bool:
        """True if a person may mean this one by ``name``: its version, or how its fingerprint begins."""
        return name == self.version or (len(name) >= 4 and self.model.startswith(name))

    def name(self) -> str:
        """A name that `called` knows: how the fingerprint begins."""
        return self.model[:SHOWN]

    def text(self) -> str:
        """For a person."""
        return f"version {self.version} (model {self.model[:SHOWN]})"

    def record(self) -> dict[str, Any]:
        """For a machine, with the machine."""
        return {
            "versions": dict(self.versions),
            "model_fingerprint": self.model,
            "recording": self.recording,
            "platform": platform.platform(),
            "machine": platform.machine(),
        }


def present() -> Software:
    """This software."""
    return Software(fingerprint(), recording(EXPERIMENTS), versions())


@cache
def recording(experiments: Path) -> str:
    """The fingerprint of the sources that record."""
    return sha256("\n".join(tree_hash((experiments / file).read_bytes()) for file in RECORDING))
