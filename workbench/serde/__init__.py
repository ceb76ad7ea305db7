"""From what a person wrote to the bytes a record carries: serializers by name, payload templates."""

from workbench.serde.errors import SerdeError
from workbench.serde.registry import Serializer, names, serializer

__all__ = ["SerdeError", "Serializer", "names", "serializer"]
