"""Colour themes: one TOML file each, in `themes/` and in the user's config folder."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from textual.app import App
from textual.color import Color, ColorParseError
from textual.theme import Theme

from workbench import resources

HEAT_STEPS = 7
DEFAULT = "kwb-dark"
LIGHT = "kwb-light"
COLOURS_256 = "kwb-256"


class Roles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The colours by what they mean, as "#rrggbb"; one for each stage of a record's life.

    queue (lingers) → wire (under way, the leader) → repl (followers) → ok (acked); warn: waits, retried;
    bad: failed. `heat`: seven steps, the first only for zero.
    """

    base: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    faint: str
    accent: str
    queue: str
    wire: str
    repl: str
    ok: str
    warn: str
    bad: str
    on: str
    heat: tuple[str, ...]

    def tint(self, role: str, share: float) -> str:
        """A colour of the theme (or any "#rrggbb"), so much of it, blended into the surface."""
        colour = role if role.startswith("#") else getattr(self, role)
        return blend(self.surface, colour, share)


class ThemeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    roles: Roles
    dark: bool = True


@lru_cache(maxsize=512)
def blend(below: str, above: str, share: float) -> str:
    return Color.parse(below).blend(Color.parse(above), share).hex.lower()


# What shows when themes/ is missing or broken (and while the first theme is not yet there).
_FALLBACK = Roles(
    base="#0b0f17", surface="#121925", raised="#1c2638", line="#2a3750", text="#dbe3f0", muted="#8c9ab2",
    faint="#64728b", accent="#8ab4ff", queue="#b79cf7", wire="#58aef5", repl="#3ec9bd", ok="#7ed491",
    warn="#f2b84b", bad="#f4737f", on="#0b0f17",
    heat=("#18212f", "#17344d", "#17506a", "#1b7180", "#2f9688", "#69bd83", "#c3e585"),
)  # fmt: skip


def variables(roles: Roles, *, dark: bool) -> dict[str, str]:
    """The roles as CSS variables: `$k-queue` …, `$k-heat-0` … `$k-heat-6`, and the tints."""
    plain = {f"k-{name}": value for name, value in msgspec.structs.asdict(roles).items() if name != "heat"}
    heat = {f"k-heat-{step}": colour for step, colour in enumerate(roles.heat)}
    tints = {
        "k-hint": roles.tint("warn", 0.13 if dark else 0.10),
        "k-wrong": roles.tint("bad", 0.16 if dark else 0.10),
        "k-selected": roles.tint("accent", 0.30 if dark else 0.22),
    }
    return plain | heat | tints


def textual_theme(file: ThemeFile) -> Theme:
    roles = file.roles
    return Theme(
        name=file.name,
        dark=file.dark,
        primary=roles.accent,
        secondary=roles.wire,
        accent=roles.accent,
        warning=roles.warn,
        error=roles.bad,
        success=roles.ok,
        foreground=roles.text,
        background=roles.base,
        surface=roles.surface,
        panel=roles.raised,
        variables=variables(roles, dark=file.dark) | {
            "scrollbar": roles.line, "scrollbar-hover": roles.muted, "scrollbar-active": roles.accent,
            "scrollbar-background": roles.surface, "scrollbar-background-hover": roles.surface,
            "scrollbar-background-active": roles.surface, "scrollbar-corner-color": roles.surface,
            "block-cursor-background": roles.accent, "block-cursor-foreground": roles.on,
            "input-cursor-background": roles.accent, "input-cursor-foreground": roles.on,
            "input-selection-background": roles.tint("accent", 0.35),
        },
    )  # fmt: skip


def _read(path: Path) -> ThemeFile:
    """Raises ValueError with what is wrong."""
    file = msgspec.toml.decode(path.read_bytes(), type=ThemeFile)
    if len(file.roles.heat) != HEAT_STEPS:
        raise ValueError(f"heat has {len(file.roles.heat)} colours, {HEAT_STEPS} are needed")
    for name, value in msgspec.structs.asdict(file.roles).items():
        for colour in (value,) if isinstance(value, str) else value:
            try:
                Color.parse(colour)
            except ColorParseError:
                raise ValueError(f"{name} = {colour!r} is not a colour (write it as #rrggbb)") from None
    return file


def load(folders: Iterable[Path | None]) -> tuple[dict[str, ThemeFile], list[str]]:
    """The themes by name, a later folder's over an earlier one's, and a line for each broken file."""
    themes = {DEFAULT: ThemeFile(DEFAULT, _FALLBACK)}
    problems: list[str] = []
    for folder in folders:
        if folder is None or not folder.is_dir():
            continue
        for path in sorted(folder.glob("*.toml")):
            try:
                file = _read(path)
            except (OSError, ValueError, msgspec.MsgspecError) as error:
                problems.append(f"theme {path.name}: {error}")
            else:
                themes[file.name] = file
    return themes, problems


def builtin_folder() -> Path | None:
    return resources.folder("themes")


def default_variables(*, dark: bool = True) -> dict[str, str]:
    """For `App.get_theme_variable_defaults`: a theme of Textual's own lacks the `$k-` variables."""
    return variables(_FALLBACK, dark=dark)


class ThemedApp(App[Any]):
    """An app in which `$k-…` resolves under any theme; the one to test a widget in."""

    def __init__(self, user_themes: Path | None = None, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.theme_files, self.theme_problems = load((builtin_folder(), user_themes))
        for file in self.theme_files.values():
            self.register_theme(textual_theme(file))
        self.theme = DEFAULT

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables(dark=self.current_theme.dark)


def palette(app: App[Any]) -> Roles:
    """The colours of the theme that is on. Ask again when `app.theme_changed_signal` fires."""
    known = app.theme_variables
    names = (name for name in Roles.__struct_fields__ if name != "heat")
    fallback = default_variables()

    def colour(name: str) -> str:
        return known.get(name) or fallback[name]

    return Roles(
        **{name: colour(f"k-{name}") for name in names},
        heat=tuple(colour(f"k-heat-{step}") for step in range(HEAT_STEPS)),
    )
