"""What a user chose, kept in `settings.toml` in the config folder."""

from pathlib import Path

import msgspec

from workbench.errors import InputError


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`keymap` maps the id of a binding to other keys, e.g. "app.stop" to "f9"."""

    theme: str | None = None
    keymap: dict[str, str] = {}


def load(path: Path) -> Settings:
    """Defaults where there is no file. Raises InputError for a broken one."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Settings)
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise InputError(f"{path.name}: {error}; its defaults are used until it is mended") from None


def _text(value: str) -> str:
    return msgspec.json.encode(value).decode()  # a JSON string is a TOML basic string


def save(path: Path, settings: Settings) -> None:
    """Raises InputError where the folder cannot be written."""
    lines = [f"theme = {_text(settings.theme)}"] if settings.theme else []
    if settings.keymap:
        lines.append("[keymap]")
        lines.extend(f"{_text(name)} = {_text(keys)}" for name, keys in settings.keymap.items())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"settings cannot be kept in {path}: {error.strerror}") from None
