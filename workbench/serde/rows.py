"""Rows of a file as the source of records: CSV, JSON lines or an Avro container file, read as needed."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from workbench.serde import json_text
from workbench.serde.errors import SerdeError, TemplateError

ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".avro")
_LONGEST_LINE = 16 * 1024 * 1024


class Rows:
    """Row N is record N's; after the last the first comes again. One row is held, whatever the file's size.

    Going back reads the file again from its beginning. For one thread.
    """

    def __init__(self, file: str) -> None:
        """Raises TemplateError where the file cannot be read, or has another ending than `ENDINGS`."""
        self._file: IO[Any] | None = None
        self._path = Path(file)
        if self._path.suffix.lower() not in ENDINGS:
            raise TemplateError(
                f"rows_file: {self._path.name}: give a file that ends in {', '.join(ENDINGS)}"
            )
        self._rows: Iterator[Any] = iter(())
        self._at = -1
        self._row: Any = None
        self._count: int | None = None
        self._begin()

    def at(self, number: int) -> Any:
        """Raises TemplateError for a row that cannot be read; those after it can."""
        wanted = number if self._count is None else number % self._count
        if wanted < self._at:
            self._begin()
        while self._at < wanted:
            try:
                self._row = next(self._rows)
            except StopIteration:
                self._count = self._at + 1
                if self._count == 0:
                    raise TemplateError(f"rows_file: {self._path.name} has no rows") from None
                return self.at(number)
            self._at += 1
        if isinstance(self._row, TemplateError):
            raise self._row
        return self._row

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def __del__(self) -> None:
        self.close()

    def _begin(self) -> None:
        self.close()
        suffix = self._path.suffix.lower()
        try:
            if suffix == ".avro":
                self._file = self._path.open("rb")
                self._rows = _avro(self._file, self._path.name)
            else:
                self._file = self._path.open(encoding="utf-8-sig", newline="")
                if suffix in {".csv", ".tsv"}:
                    self._rows = _csv(self._file, self._path.name, "\t" if suffix == ".tsv" else ",")
                else:
                    self._rows = _json_lines(self._file, self._path.name)
        except OSError as error:
            raise TemplateError(
                f"rows_file: {self._path}: {(error.strerror or str(error)).lower()}"
            ) from None
        self._at = -1


def _csv(file: IO[str], name: str, delimiter: str) -> Iterator[Any]:
    """By the names in the first line; every value is text."""
    reader = csv.reader(file, delimiter=delimiter)
    try:
        header = next(reader, None) or []
        for cells in reader:
            if len(cells) == len(header):
                yield dict(zip(header, cells, strict=True))
            elif cells:
                yield TemplateError(
                    f"rows_file: {name}:{reader.line_num}: {len(cells)} values under {len(header)} names"
                )
    except (csv.Error, UnicodeDecodeError) as error:
        yield TemplateError(f"rows_file: {name}:{reader.line_num + 1}: {error}")


def _json_lines(file: IO[str], name: str) -> Iterator[Any]:
    number = 0
    try:
        while line := file.readline(_LONGEST_LINE):
            number += 1
            if not line.strip():
                continue
            try:
                yield json_text.parsed(line)
            except SerdeError as error:
                yield TemplateError(f"rows_file: {name}:{number}: {error}")
    except UnicodeDecodeError as error:
        yield TemplateError(f"rows_file: {name}:{number + 1}: {error}")


def _avro(file: IO[bytes], name: str) -> Iterator[Any]:
    import fastavro

    from workbench.serde.schemas.avro_plain import plain

    try:
        for record in fastavro.reader(file):
            yield plain(record)
    except Exception as error:  # noqa: BLE001 - fastavro raises what its parts raise
        yield TemplateError(
            f"rows_file: {name}: {' '.join(str(error).split())[:200] or type(error).__name__}"
        )
