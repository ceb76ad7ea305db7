"""Values for samples and templates: names, cities, times; all drawn, so that a record repeats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.serde.schemas.schema import Draws

FIRST_NAMES = (
    "Ada", "Amara", "Aiko", "Björn", "Carmen", "Chidi", "Dewi", "Elif", "Emeka", "Fatima", "Grace", "Hana",
    "Ines", "Ivan", "Jorge", "Kofi", "Lars", "Leila", "Linh", "Maria", "Mei", "Mateo", "Nadia", "Noah",
    "Olga", "Omar", "Priya", "Quentin", "Rosa", "Sofia", "Tomás", "Uma", "Viktor", "Wanjiru", "Yara", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Abe", "Adeyemi", "Andersson", "Bauer", "Costa", "Dubois", "Eriksen", "Fernández", "García", "Haddad",
    "Hopper", "Ivanova", "Jansen", "Kaya", "Kim", "Kowalski", "Lovelace", "Mbeki", "Mensah", "Nguyễn",
    "Novák", "Okafor", "Patel", "Quispe", "Rossi", "Sato", "Silva", "Singh", "Tanaka", "Ueda", "Wang", "Yang",
)  # fmt: skip
CITIES = (
    "Accra", "Amsterdam", "Athens", "Bangkok", "Berlin", "Bogotá", "Buenos Aires", "Cairo", "Cape Town",
    "Chennai", "Copenhagen", "Dakar", "Dublin", "Hanoi", "Helsinki", "Istanbul", "Jakarta", "Kraków", "Lagos",
    "Lima", "Lisbon", "London", "Madrid", "Manila", "Melbourne", "Mexico City", "Montréal", "Mumbai",
    "Nairobi", "New York", "Osaka", "Paris", "Porto", "Prague", "Quito", "Rome", "São Paulo", "Seoul",
    "Stockholm", "Tokyo", "Tunis", "Vienna", "Warsaw", "Zürich",
)  # fmt: skip
WORDS = (
    "amber",
    "birch",
    "cocoa",
    "delta",
    "ember",
    "fjord",
    "grain",
    "hazel",
    "iris",
    "juniper",
    "kelp",
    "lemon",
)
_FROM = datetime(2026, 1, 1, tzinfo=UTC)
_SECONDS = 365 * 24 * 3600


def first_name(draws: Draws) -> str:
    return FIRST_NAMES[draws.below(len(FIRST_NAMES))]


def name(draws: Draws) -> str:
    """First and last."""
    return f"{first_name(draws)} {LAST_NAMES[draws.below(len(LAST_NAMES))]}"


def city(draws: Draws) -> str:
    return CITIES[draws.below(len(CITIES))]


def word(draws: Draws) -> str:
    return f"{WORDS[draws.below(len(WORDS))]}-{draws.below(1000)}"


def text(draws: Draws, field: str) -> str:
    """What a field's name asks for, or a word."""
    lower = field.lower()
    if lower.endswith("city"):
        return city(draws)
    if lower.endswith("name") or lower in {"customer", "user", "author"}:
        return name(draws)
    if lower.endswith(("email", "mail")):
        return f"{word(draws)}@example.org"
    return word(draws)


def whole(draws: Draws, field: str) -> int:
    """Small enough for 16 bits."""
    lower = field.lower()
    return draws.below(10) + 1 if lower.endswith(("quantity", "count", "cups")) else draws.below(10_000)


def decimal(units: int, scale: int) -> str:
    digits = f"{units:0{scale + 1}d}"
    return f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits


def date(draws: Draws) -> str:
    return (_FROM + timedelta(days=draws.below(365))).date().isoformat()


def time_of_day(draws: Draws) -> str:
    second = draws.below(86_400)
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def instant(draws: Draws) -> str:
    return f"{(_FROM + timedelta(seconds=draws.below(_SECONDS))).isoformat()[:19]}Z"


def latin(draws: Draws, length: int) -> str:
    """Bytes as text of U+0000 to U+00FF."""
    return "".join(chr(draws.below(256)) for _ in range(length))


def uuid(draws: Draws) -> str:
    """A version 4 UUID, as text."""
    drawn = f"{draws.below(1 << 64):016x}{draws.below(1 << 64):016x}"
    variant = "89ab"[int(drawn[16], 16) & 3]
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-{variant}{drawn[17:20]}-{drawn[20:]}"
