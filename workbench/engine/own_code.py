"""What of a run's own code makes its records."""

from collections.abc import Sequence

from workbench.engine.loading import Loaded
from workbench.model.code import Code


def own_serializers(codes: Sequence[Code], loaded: Loaded) -> dict[str, object]:
    """A person's own, by the scenario's key that names them. Raises InputError."""
    named = [code for code in codes if code.key.endswith("_serializer")]
    return {code.key: loaded.made(code.key, code.reference) for code in named}
