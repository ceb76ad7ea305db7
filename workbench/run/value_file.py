"""A record's value from a file, read by the parent: the engine opens no files a scenario names."""

from pathlib import Path

import msgspec

from workbench.errors import InputError
from workbench.model.record import RecordPlan


def with_value(record: RecordPlan) -> tuple[RecordPlan, bytes | None]:
    """The plan with the file's text as its value; for the bytes serializer the bytes, beside it.

    Raises InputError where the file cannot be read, or is not text where text is needed.
    """
    if record.value_file is None:
        return record, None
    path = Path(record.value_file)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"record.value_file: {path}: {error.strerror}") from error
    if record.value_serializer == "bytes":
        return record, content
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f'record.value_file: {path} is not UTF-8 text; use value_serializer = "bytes"'
        ) from error
    return msgspec.structs.replace(record, value=text), None
