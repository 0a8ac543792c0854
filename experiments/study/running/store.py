"""Where do the runs of a study lie, so that a power cut at any moment loses none that was finished?

Each finished run is one file in ``incoming/``, complete or absent: written beside, flushed to the disk,
renamed. It is an Arrow file: a Parquet file of so many columns and so few rows takes ten times as long.
The parent folds every hundred runs of the design order into one shard of `runs/` and one of `series/`, both
Parquet; the rename of the shard in ``runs/`` is the commit, and only then do the files in ``incoming/`` go.
After a crash in between a run lies in both, and its key decides: nothing is counted twice.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.outcomes.record import Record
from experiments.storage.disk import flush
from experiments.study.design.runs import Run
from model.core.errors import StudyError

SHARD = 100
FOLDERS = ("incoming", "runs", "series", "provenance", "aside")
FAILED = ".failed"
META = b"gongzhi.run"

RUN_SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("status", pa.string()),
        ("stage", pa.string()),
        ("error", pa.string()),
        ("message", pa.string()),
        ("traceback", pa.string()),
        ("adults", pa.int64()),
        ("persons", pa.int64()),
        ("took_part", pa.list_(pa.binary())),
    ]
)
"""A row of `runs/`: what a run is besides its place in the design."""


@dataclass(frozen=True)
class Stored:
    """A finished run: its row of `RUN_SCHEMA` and its series, empty if it failed."""

    row: Mapping[str, Any]
    series: pa.Table

    @property
    def ok(self) -> bool:
        """True unless the run failed."""
        return bool(self.row["status"] == "ok")

    def record(self, outcomes: Collection[str]) -> Record:
        """What is kept of a run that succeeded, of the outcomes named."""
        return Record.read(self.series, self.row["took_part"], self.row["adults"], outcomes)


class Store:
    """The folders of one study. Reading takes no lock; writing shards is for the holder of `lock` alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []

    def make(self) -> None:
        """Make the folders. Raises StudyError if the disk refuses."""
        with told("the study's folders cannot be made", self.folder):
            for name in FOLDERS:
                (self.folder / name).mkdir(parents=True, exist_ok=True)

    def sweep(self) -> None:
        """Remove drafts that a killed process left. Only for the holder of `lock`."""
        for name in ("incoming", "runs", "series"):
            for draft in (self.folder / name).glob(".*.tmp"):
                draft.unlink(missing_ok=True)

    # what is there

    def holds(self, key: str) -> bool:
        """True if a run lies in ``incoming/`` that succeeded."""
        return self._file(key).exists()

    def finished(self) -> dict[str, bool]:
        """Key of every stored run, and whether it succeeded; torn files are set aside and said."""
        found: dict[str, bool] = {}
        for file in self._incoming():  # first: what is folded meanwhile is in a shard by then
            key, failed = file.name.split(".")[0], file.stem.endswith(FAILED)
            if self._read(file, []) is not None:
                found[key] = found.get(key, False) or not failed
        for shard in self._shards():
            for key, ok in self._ended(shard).items():
                found[key] = found.get(key, False) or ok
        return found

    def read(self, keys: Iterable[str]) -> Iterator[Stored]:
        """The stored runs of these keys, in their order; those not stored are left out."""
        wanted = list(keys)
        shards: dict[str, Path] = {}
        seen = None
        held: dict[Path, tuple[dict[str, Mapping[str, Any]], dict[str, pa.Table]]] = {}
        for key in wanted:
            stored = self._whole(self._file(key))
            if stored is None and key not in shards and seen != (changed := self._changed()):
                shards, seen = self._by_key(), changed  # again if the writer has folded meanwhile
            if stored is None and key in shards:
                shard = shards[key]
                if shard not in held:
                    held.clear()  # the order of keys is that of the shards: one is held at a time
                    held[shard] = self._shard(shard)
                rows, series = held[shard]
                stored = Stored(
                    rows[key], series.get(key, next(iter(series.values()), pa.table({})).slice(0, 0))
                )
            if stored is None or not stored.ok:
                stored = self._whole(self._file(key, FAILED)) or stored
            if stored is not None:
                yield stored

    def folded(self) -> tuple[tuple[str, ...], float]:
        """Keys of all runs in shards, in the order in which they lie there, and when the last shard was
        written; none if a key lies there twice, as when shards were set by."""
        shards = self._shards()
        keys = tuple(key for shard in shards for key in self._ended(shard))
        if not keys or len(keys) > len(set(keys)):
            return (), 0.0
        return keys, max(shard.stat().st_mtime for shard in shards)

    # writing

    def commit(self, row: Mapping[str, Any], series: pa.Table) -> None:
        """Store a finished run: complete on the disk or not at all. Raises StudyError if the disk refuses."""
        failed = "" if row["status"] == "ok" else FAILED
        table = series.replace_schema_metadata({META: _json(row)})
        _write(self._file(row["key"], failed), table)

    def fold(
        self, runs: Sequence[Run], known: Collection[str] | None = None, *, everything: bool = False
    ) -> int:
        """Move finished runs from ``incoming`` into shards; how many shards were written.

        A shard is written when all its runs are finished, or with ``everything`` whatever is there. ``known``
        are the keys of the finished runs; who does not have them lets all files be read (`finished`).
        """
        incoming = {file.name.split(".")[0] for file in self._incoming()}
        if not incoming:
            return 0
        known = self.finished() if known is None else known
        written = 0
        for first in range(0, len(runs), SHARD):
            part = runs[first : first + SHARD]
            fresh = [run.key for run in part if run.key in incoming]
            if not fresh or not (everything or all(run.key in known for run in part)):
                continue
            self._fold_one(first // SHARD, [run.key for run in part if run.key in known])
            for key in fresh:
                for failed in ("", FAILED):
                    self._file(key, failed).unlink(missing_ok=True)
            written += 1
        return written

    def _fold_one(self, number: int, keys: Sequence[str]) -> None:
        name = f"shard-{number:05}"
        self._set_by(name, keys)
        stored = list(self.read(keys))
        rows = pa.Table.from_pylist([dict(s.row) for s in stored], schema=RUN_SCHEMA)
        series = [
            s.series.add_column(0, "key", pa.array([s.row["key"]] * len(s.series), pa.string()))
            for s in stored
            if s.ok
        ]
        if series:
            _write(
                self.folder / "series" / f"{name}.parquet",
                pa.concat_tables(series, promote_options="permissive"),
            )
        _write(self.folder / "runs" / f"{name}.parquet", rows)

    def _set_by(self, name: str, keys: Collection[str]) -> None:
        """Keep a copy of a shard that is about to be replaced, if it alone holds runs besides ``keys``: those
        of another design, or of this one before its order changed."""
        shard = self.folder / "runs" / f"{name}.parquet"
        alone = {key: ok for key, ok in self._ended(shard).items() if key not in keys}
        for other in self._shards() if alone else ():
            if other != shard:
                for key, ok in self._ended(other).items():
                    if ok or not alone.get(key, True):
                        alone.pop(key, None)
        if not alone:
            return
        n = 1
        while (self.folder / "runs" / f"{name}-{n}.parquet").exists():
            n += 1
        for kind in ("series", "runs"):  # the rows last: a run counts once both are there
            table = self._read(self.folder / kind / f"{name}.parquet", None)
            if table is not None:
                _write(self.folder / kind / f"{name}-{n}.parquet", table)

    # reading

    def _file(self, key: str, failed: str = "") -> Path:
        return self.folder / "incoming" / f"{key}{failed}.arrow"

    def _incoming(self) -> list[Path]:
        return sorted((self.folder / "incoming").glob("*.arrow"))

    def _by_key(self) -> dict[str, Path]:
        found = {}
        for shard in self._shards():
            for key, ok in self._ended(shard).items():
                if ok or key not in found:
                    found[key] = shard
        return found

    def _changed(self) -> int:
        folder = self.folder / "runs"
        return folder.stat().st_mtime_ns if folder.exists() else 0

    def _shards(self) -> list[Path]:
        return sorted((self.folder / "runs").glob("shard-*.parquet"))

    def _ended(self, shard: Path) -> dict[str, bool]:
        """Key of every run in a shard, and whether it succeeded; not of one whose series is lost."""
        table = self._read(shard, ["key", "status"])
        if table is None:
            return {}
        ended = {k: s == "ok" for k, s in zip(*(c.to_pylist() for c in table.columns), strict=True)}
        if any(ended.values()) and self._read(self.folder / "series" / shard.name, []) is None:
            return {key: ok for key, ok in ended.items() if not ok}
        return ended

    def _shard(self, shard: Path) -> tuple[dict[str, Mapping[str, Any]], dict[str, pa.Table]]:
        rows = self._read(shard, None)
        series = self._read(self.folder / "series" / shard.name, None)
        by_key = {} if rows is None else {row["key"]: row for row in rows.to_pylist()}
        parts: dict[str, pa.Table] = {}
        if series is not None:
            keys = series["key"].to_pylist()
            bare = series.drop_columns(["key"])
            start = 0
            for at in range(1, len(keys) + 1):
                if at == len(keys) or keys[at] != keys[start]:
                    parts[keys[start]] = bare.slice(start, at - start)
                    start = at
        return by_key, parts

    def _whole(self, file: Path) -> Stored | None:
        if not file.exists():
            return None
        table = self._read(file, None)
        if table is None:
            return None
        row = json.loads(table.schema.metadata[META])
        row["took_part"] = [bytes.fromhex(part) for part in row["took_part"]]
        return Stored(row, table.replace_schema_metadata(None))

    def _read(self, file: Path, columns: list[str] | None) -> pa.Table | None:
        """The table of a file; a torn one is set aside and said, None if it is not there."""
        try:
            if file.suffix == ".arrow":
                with pa.OSFile(str(file)) as source, pa.ipc.open_file(source) as arrow:
                    table = arrow.read_all()
                table.validate(full=True)  # offsets that point elsewhere are believed when they are used
                return table
            with pq.ParquetFile(file) as parquet:
                return parquet.read(columns, use_threads=False)
        except FileNotFoundError:
            return None
        except (pa.ArrowException, OSError, ValueError) as error:
            if isinstance(error, OSError) and not isinstance(error, pa.ArrowException) and error.errno:
                raise StudyError(
                    what=f"{file.name} cannot be read", where=str(self.folder), why=error.strerror or ""
                ) from None
            aside = self.folder / "aside" / file.name
            file.replace(aside)
            self.said.append(
                f"{file.relative_to(self.folder)} was torn and is set aside as aside/{file.name}"
            )
            return None


def _json(row: Mapping[str, Any]) -> bytes:
    plain = dict(row) | {"took_part": [part.hex() for part in row["took_part"]]}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()


def _write(path: Path, table: pa.Table) -> None:
    """Write a table in one step: written beside, flushed, renamed, and the rename flushed."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with told(f"{path.name} cannot be written", path.parent):
        try:
            with draft.open("wb") as sink:
                if path.suffix == ".arrow":
                    with pa.ipc.new_file(sink, table.schema) as arrow:
                        arrow.write_table(table)
                else:
                    pq.write_table(
                        table, sink, compression="zstd", use_dictionary=False, write_statistics=False
                    )
            flush(draft)
            draft.replace(path)
            flush(path.parent)
        finally:
            with suppress(OSError):  # a draft that cannot be removed is swept by the next run
                draft.unlink(missing_ok=True)


@contextmanager
def told(what: str, where: Path) -> Iterator[None]:
    """Faults of the disk as one StudyError."""
    try:
        yield
    except OSError as error:
        raise StudyError(
            what=what,
            where=str(where),
            why=error.strerror or str(error),
            instead="make room or give the right to write, then run the study again: what is stored stays",
        ) from None
