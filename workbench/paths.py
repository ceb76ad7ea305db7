"""Where kwb keeps what outlives a command (XDG folders on Linux). Nothing is made here."""

from pathlib import Path

import platformdirs

_NAME = "kwb"


def config_dir() -> Path:
    """What a user chose or wrote: settings.toml, themes/."""
    return Path(platformdirs.user_config_dir(_NAME, appauthor=False))


def cache_dir() -> Path:
    """What can be made again: Kafka's jars, the data of local clusters."""
    return Path(platformdirs.user_cache_dir(_NAME, appauthor=False))


def data_dir() -> Path:
    """What a user keeps by name: records/."""
    return Path(platformdirs.user_data_dir(_NAME, appauthor=False))


def state_dir() -> Path:
    """What kwb remembers by itself: kwb.log."""
    return Path(platformdirs.user_state_dir(_NAME, appauthor=False))
