"""The schema registry, by confluent-kafka's client: loaded only when needed, and bounded in time."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from workbench.errors import InputError
from workbench.model.record import WITH_REGISTRY, RecordPlan, RegistryPlan, serializer_name
from workbench.serde.errors import RegistryError
from workbench.serde.schemas.schema import Reference
from workbench.serde.setting import Registered

if TYPE_CHECKING:
    from confluent_kafka.schema_registry import Schema, SchemaRegistryClient

T = TypeVar("T")
_TRIES = 2
_TOO_MANY = 429
_NO_REGISTRY_S_ANSWER = (ValueError, TypeError, LookupError, AttributeError)
"""What confluent-kafka's client raises where an answer is no JSON, or has not what it looks for."""
_IDS = range(2**31)
"""What Java's clients read: a signed int."""
_MENDS = {
    401: 'give user and password: [registry] config = { "basic.auth.user.info" = "user:password" }',
    403: "this user may not do that; ask who runs the registry",
    404: "register the schema first, or say auto_register = true",
    409: "it is not compatible with what the subject has; look with kwb schema evolve",
    422: "mend the schema, or what it refers to",
}


class RegistryClient:
    """One registry; with `mock://` one in memory, as long as this object lives. Any thread."""

    def __init__(
        self,
        plan: RegistryPlan,
        *,
        client: "SchemaRegistryClient | None" = None,
        may_register: bool = True,
    ) -> None:
        """`may_register` false: only looks, whatever the plan says. Raises InputError for a bad plan."""
        self.strategy = plan.subject_name_strategy
        self.use_latest = plan.use_latest_version
        self._registers = plan.auto_register and may_register
        self._normalize = plan.normalize
        self._timeout_s = plan.timeout_ms / 1000
        self._url = plan.url or ""
        self._client = client or client_of(plan)

    def id_of(self, subject: str, language: str, text: str, references: tuple[Reference, ...]) -> int:
        """See SchemaIds. Raises RegistryError within the plan's `timeout_ms`."""
        return self._within(subject, lambda: self._id_of(subject, self._schema(language, text, references)))

    def latest(self, subject: str) -> Registered:
        return self._within(subject, lambda: self._latest(subject))

    def _id_of(self, subject: str, schema: "Schema") -> int:
        if self._registers:
            return _id(self._client.register_schema(subject, schema, normalize_schemas=self._normalize))
        found = self._client.lookup_schema(subject, schema, normalize_schemas=self._normalize)
        return _id(found.schema_id)

    def _schema(self, language: str, text: str, references: tuple[Reference, ...]) -> "Schema":
        """What it refers to is registered first, under the name that it calls it by (Java's default)."""
        from confluent_kafka.schema_registry import Schema, SchemaReference

        made = []
        for name, inner, more in references:
            schema = self._schema(language, inner, more)
            self._id_of(name, schema)
            found = self._client.lookup_schema(name, schema, normalize_schemas=self._normalize)
            made.append(SchemaReference(name, name, found.version))
        return Schema(text, language, made)

    def _latest(self, subject: str) -> Registered:
        found = self._client.get_latest_version(subject)
        schema = found.schema
        text = _text(schema.schema_str)
        return Registered(_id(found.schema_id), schema.schema_type or "AVRO", text, self._references(schema))

    def _references(self, schema: "Schema") -> tuple[Reference, ...]:
        found = []
        for reference in schema.references or ():
            inner = self._client.get_version(reference.subject or "", reference.version or -1).schema
            text = _text(inner.schema_str)
            found.append(Reference(reference.name or "", text, self._references(inner)))
        return tuple(found)

    def _within(self, subject: str, work: Callable[[], T]) -> T:
        """In a thread of its own: a server that sends a byte now and then outlasts every socket timeout."""
        done: list[T] = []
        failed: list[BaseException] = []

        def run() -> None:
            try:
                done.append(work())
            except BaseException as error:  # noqa: BLE001 - told by the caller
                failed.append(error)

        thread = threading.Thread(target=run, name="schema registry", daemon=True)
        thread.start()
        thread.join(self._timeout_s)
        if done:
            return done[0]
        if failed:
            raise self._told(subject, failed[0])
        raise RegistryError(
            f"the schema registry at {_bare(self._url)} does not answer within {self._timeout_s:g} s; "
            "look at it, or raise [registry] timeout_ms",
            is_away=True,
        )

    def _told(self, subject: str, error: BaseException) -> RegistryError:
        from confluent_kafka.schema_registry import SchemaRegistryError

        if isinstance(error, SchemaRegistryError):
            status = error.http_status_code
            said = " ".join(str(error.error_message or "").split())[:200]
            mend = _MENDS.get(status, "look at its log")
            return RegistryError(
                f"the schema registry answers {status} for subject {subject}: {said or 'no reason'}; {mend}",
                is_unknown=status == 404,
                is_away=status >= 500 or status == _TOO_MANY,
            )
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        it = f"the schema registry at {_bare(self._url)}"
        if isinstance(error, _NO_REGISTRY_S_ANSWER):
            return RegistryError(f"{it} does not answer as one does ({reason}); mend [registry] url")
        return RegistryError(
            f"{it} cannot be reached ({reason}); start it, or mend [registry] url", is_away=True
        )


def client_of(plan: RegistryPlan) -> "SchemaRegistryClient":
    from confluent_kafka.schema_registry import SchemaRegistryClient

    config: dict[str, Any] = {
        "url": plan.url,
        "timeout": plan.timeout_ms / 1000 / _TRIES,
        "max.retries": _TRIES - 1,
        "retries.wait.ms": min(200, plan.timeout_ms // 10),
        **plan.config,
    }
    try:
        return SchemaRegistryClient.new_client(config)
    except (ValueError, TypeError, OSError) as error:
        raise InputError(f"registry: {' '.join(str(error).split())}") from None


def _id(told: object) -> int:
    """Raises ValueError: whatever answers JSON may stand where a registry is looked for."""
    if not isinstance(told, int) or told not in _IDS:
        raise ValueError(f"a schema's id is {told!r}"[:100])
    return told


def _text(told: object) -> str:
    """Raises ValueError."""
    if not isinstance(told, str) or not told:
        raise ValueError("a schema has no text")
    return told


def _bare(url: str) -> str:
    """Without the user and password that it may hold."""
    bare = []
    for each in url.split(","):
        parts = urlsplit(each.strip())
        bare.append(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])))
    return ", ".join(bare)


class Registries:
    """The registries of an engine, kept from run to run: an in-memory one keeps its ids."""

    def __init__(self) -> None:
        self._mocks: dict[str, SchemaRegistryClient] = {}

    def get(self, record: RecordPlan, plan: RegistryPlan) -> RegistryClient | None:
        """None where the record needs none, or the plan has no url. Raises InputError."""
        used = {serializer_name(name) for name in (record.key_serializer, record.value_serializer)}
        if plan.url is None or not used & WITH_REGISTRY:
            return None
        if not plan.url.startswith("mock://"):
            return RegistryClient(plan)
        if plan.url not in self._mocks:
            self._mocks[plan.url] = client_of(plan)
        return RegistryClient(plan, client=self._mocks[plan.url])
