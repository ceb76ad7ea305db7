"""Serializers, their schemas and the registry: what fits together, told at the key to mend."""

from collections.abc import Callable

import msgspec

from workbench.model.record import WITH_REGISTRY, WITH_SCHEMA, RegistryPlan
from workbench.model.scenario import ClusterKind, Scenario

LAB_REGISTRY = "mock://"
"""Of a lab whose scenario names none."""
_ENDINGS = {"AVRO": ".avsc", "JSON": ".json", "PROTOBUF": ".proto", "THRIFT": ".thrift"}


def registry_of(registry: RegistryPlan, kind: ClusterKind) -> str | None:
    """The url that a run uses; None where there is no registry."""
    return registry.url if registry.url is not None or kind != "lab" else LAB_REGISTRY


def registry_plan(scenario: Scenario, kind: ClusterKind) -> RegistryPlan:
    """The scenario's, with the url that a run on such a cluster uses."""
    return msgspec.structs.replace(scenario.registry, url=registry_of(scenario.registry, kind))


def look_at_serializers(scenario: Scenario, complain: Callable[[str, str], None]) -> None:
    record = scenario.record
    for part in ("key", "value"):
        name: str = getattr(record, f"{part}_serializer")
        file: str | None = getattr(record, f"{part}_schema_file")
        is_null = getattr(record, part) is None and not (part == "value" and record.value_file)
        if file is not None and name not in WITH_SCHEMA:
            complain(
                f"record.{part}_schema_file",
                f"{name} takes no schema; take the key out, or give {part}_serializer, "
                f"one of {', '.join(WITH_SCHEMA)}",
            )
        elif file is None and not is_null and _needs_schema(name, scenario.registry):
            example = f"order{_ENDINGS[WITH_SCHEMA[name]]}"
            complain(
                f"record.{part}_serializer",
                f'{name} takes a schema; give record.{part}_schema_file, such as "{example}"',
            )
        if (
            name in WITH_REGISTRY
            and not is_null
            and registry_of(scenario.registry, scenario.cluster.kind) is None
        ):
            complain(
                "registry.url",
                f"{part}_serializer is {name}, which puts only the schema's id into the record, and no "
                'registry is named; give one, such as "http://localhost:8081", or "mock://" (in memory)',
            )


def _needs_schema(name: str, registry: RegistryPlan) -> bool:
    """Json may do without, and who takes the registry's latest has it from there."""
    if name not in WITH_SCHEMA or name == "json":
        return False
    return not (name in WITH_REGISTRY and registry.use_latest_version)
