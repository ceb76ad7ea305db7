"""The registry client, in front of a small registry on loopback and of its bad days."""

import datetime as dt
import json
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from small_registry import SmallRegistry

from workbench.engine.previews import made
from workbench.engine.protocol import Preview
from workbench.engine.schema_registry import Registries, RegistryClient
from workbench.model.record import RecordPlan, RegistryPlan
from workbench.serde.errors import RecordError, RegistryError
from workbench.serde.maker import RecordMaker

SCHEMAS = Path(__file__).parents[2] / "sample_payloads" / "schemas"
ORDER = json.dumps(
    {"id": 7, "customer": "Ada", "item": "TEA", "quantity": 2, "cents": 350, "at": "2026-11-28T17:00:00Z"}
)
PLAN = RecordPlan(value=ORDER, value_serializer="avro", value_schema_file=str(SCHEMAS / "order.avsc"))


@pytest.fixture
def registry() -> Iterator[SmallRegistry]:
    made = SmallRegistry()
    yield made
    made.close()


def plan_for(registry: SmallRegistry, **how) -> RegistryPlan:
    return RegistryPlan(url=registry.url, **{"timeout_ms": 3000, **how})


def maker(registry: RegistryPlan, plan: RecordPlan = PLAN) -> RecordMaker:
    return RecordMaker(plan, 7, "r", topic="orders", registry=Registries().get(plan, registry))


def test_the_schema_is_registered_once_and_only_its_id_is_in_the_record(registry):
    made = maker(plan_for(registry))
    value = made.make(0)[1]
    assert value[:5] == b"\x00\x00\x00\x00\x01"
    assert len(value) < len((SCHEMAS / "order.avsc").read_text()) / 10
    assert made.make(1)[1] == value
    assert registry.requests == ["POST /subjects/orders-value/versions?normalize=False"]
    assert registry.schemas[0]["schema"] == (SCHEMAS / "order.avsc").read_text()


@pytest.mark.parametrize(
    ("strategy", "subject"),
    [("topic", "orders-value"), ("record", "shop.Order"), ("topic-record", "orders-shop.Order")],
)
def test_subjects_are_named_as_java_s_strategies_name_them(registry, strategy, subject):
    maker(plan_for(registry, subject_name_strategy=strategy)).make(0)
    assert list(registry.subjects) == [subject]


def test_without_auto_register_it_must_be_there(registry):
    with pytest.raises(RecordError, match=r"404 for subject orders-value.*auto_register = true") as caught:
        maker(plan_for(registry, auto_register=False)).make(0)
    assert caught.value.kind == "registry"
    maker(plan_for(registry)).make(0)
    assert maker(plan_for(registry, auto_register=False)).make(0)[1][:5] == b"\x00\x00\x00\x00\x01"


def test_the_latest_version_serializes_where_that_is_asked_for(registry):
    v2 = (SCHEMAS / "order.v2.avsc").read_text()
    RegistryClient(plan_for(registry)).id_of("orders-value", "AVRO", v2, ())
    latest = plan_for(registry, use_latest_version=True)
    plan = msgspec.structs.replace(PLAN, value_schema_file=None, value=ORDER.replace("customer", "buyer"))
    assert maker(latest, plan).make(0)[1][:5] == b"\x00\x00\x00\x00\x01"
    assert not [request for request in registry.requests[1:] if request.startswith("POST")]
    with pytest.raises(RecordError, match="Order has no field customer"):
        maker(latest, msgspec.structs.replace(plan, value=ORDER)).make(0)


def test_what_a_schema_refers_to_is_registered_first_and_read_back_as_latest(registry, tmp_path):
    (tmp_path / "common.proto").write_text('syntax = "proto3"; message Id { int64 n = 1; }')
    file = tmp_path / "order.proto"
    file.write_text('syntax = "proto3"; import "common.proto"; message Order { Id id = 1; }')
    plan = RecordPlan(
        value='{"id": {"n": 7}}', value_serializer="protobuf", value_schema_file=str(file), key="k"
    )
    value = maker(plan_for(registry), plan).make(0)[1]
    assert list(registry.subjects) == ["common.proto", "orders-value"]
    assert registry.schemas[1]["references"] == [
        {"name": "common.proto", "subject": "common.proto", "version": 1}
    ]
    elsewhere = msgspec.structs.replace(plan, value_schema_file=None)
    assert maker(plan_for(registry, use_latest_version=True), elsewhere).make(0)[1] == value


def test_user_and_password_and_their_mend():
    registry = SmallRegistry(user="ada:secret")
    try:
        with pytest.raises(RecordError, match=r"answers 401 .*basic\.auth\.user\.info"):
            maker(plan_for(registry)).make(0)
        maker(plan_for(registry, config={"basic.auth.user.info": "ada:secret"})).make(0)
        url = registry.url.replace("//", "//ada:wrong@")
        with pytest.raises(RecordError) as caught:
            maker(RegistryPlan(url=url, timeout_ms=3000)).make(0)
        assert "wrong" not in str(caught.value)
    finally:
        registry.close()


@pytest.mark.parametrize(
    ("day", "reason", "is_away"),
    [
        ({"answer": 500}, "answers 500 for subject orders-value: as it was told to", True),
        ({"answer": 429}, "answers 429 .*look at its log", True),
        ({"answer": 403}, "answers 403 .*this user may not", False),
        ({"answer": 422}, "answers 422 .*mend the schema", False),
        ({"refuses": {"orders-value"}}, "answers 409 .*incompatible.*kwb schema evolve", False),
        ({"slow_s": 0.2}, "does not answer within 0.3 s", True),
    ],
)
def test_each_bad_day_is_told_and_bounded(registry, day, reason, is_away):
    for name, value in day.items():
        setattr(registry, name, value)
    began = time.monotonic()
    with pytest.raises(RecordError, match=reason) as caught:
        maker(plan_for(registry, timeout_ms=300)).make(0)
    assert time.monotonic() - began < 5
    assert (caught.value.kind, caught.value.is_away) == ("registry", is_away)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("use_latest", [False, True])
def test_what_answers_and_is_no_registry_is_told_as_such(registry, monkeypatch, use_latest):
    client = RegistryClient(plan_for(registry))
    for answer in ("", "tea", "[]", "{}", '{"id": "x"}', '{"id": -1, "schema": "\\"int\\""}'):
        monkeypatch.setattr(registry, "_told", lambda *_, answer=answer: (200, answer))
        with pytest.raises(
            RegistryError, match=r"at http://\S+ does not answer as one does .*mend"
        ) as caught:
            client.latest("orders-value") if use_latest else client.id_of("orders-value", "AVRO", '"int"', ())
        assert not caught.value.is_away
        assert "\n" not in str(caught.value)


def test_a_registry_that_is_not_there_is_told_at_once_and_not_asked_for_each_record():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://ada:secret@127.0.0.1:{free.getsockname()[1]}"
    made = maker(RegistryPlan(url=url, timeout_ms=1000))
    made.prepare()
    began = time.monotonic()
    for seq in range(200):
        with pytest.raises(
            RecordError, match=r"at http://127.0.0.1:\d+ cannot be reached .*start it"
        ) as caught:
            made.make(seq)
        assert caught.value.is_away
    assert time.monotonic() - began < 5


def test_a_registry_that_comes_back_is_found_again(registry, monkeypatch):
    registry.answer = 500
    made = maker(plan_for(registry))
    registry.answer = None
    with pytest.raises(RecordError, match="500"):
        made.make(1)
    now = time.monotonic() + 60
    monkeypatch.setattr("workbench.serde.wire.time.monotonic", lambda: now)
    assert made.make(2)[1][:5] == b"\x00\x00\x00\x00\x01"


def test_in_memory_ids_stay_as_long_as_the_engine():
    registries, plan = Registries(), RegistryPlan(url="mock://")

    def schema_id(file: str, value: str = ORDER) -> bytes:
        record = msgspec.structs.replace(PLAN, value_schema_file=str(SCHEMAS / file), value=value)
        made = RecordMaker(record, 7, "r", topic="orders", registry=registries.get(record, plan))
        return made.make(0)[1][:5]

    assert schema_id("order.avsc") == b"\x00\x00\x00\x00\x01"
    assert schema_id("order.v2.avsc", ORDER.replace("customer", "buyer")) == b"\x00\x00\x00\x00\x02"
    assert schema_id("order.avsc") == b"\x00\x00\x00\x00\x01"
    assert registries.get(RecordPlan(value="x"), plan) is None


def test_tls_with_an_authority_of_one_s_own(tmp_path):
    certificate = _self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    registry = SmallRegistry(context=context)
    try:
        maker(plan_for(registry, config={"ssl.ca.location": str(certificate)})).make(0)
        assert registry.subjects == {"orders-value": [1]}
        with pytest.raises(RecordError, match=r"cannot be reached .*certificate"):
            maker(plan_for(registry)).make(0)
    finally:
        registry.close()


def _self_signed(folder: Path) -> Path:
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "registry.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def preview(registry: RegistryPlan, plan: RecordPlan = PLAN):
    return made(Preview(0, plan, 7, 0, "r", topic="orders", registry=registry))


def test_a_preview_registers_nothing_and_names_the_parts_of_its_bytes(registry):
    found = preview(plan_for(registry))
    assert registry.subjects == {}
    assert found.value[:5] == b"\x00\x00\x00\x00\x00"  # not known yet
    assert [part.name for part in found.value_parts] == ["magic byte", "schema id", "body"]
    maker(plan_for(registry)).make(0)
    assert preview(plan_for(registry)).value[:5] == b"\x00\x00\x00\x00\x01"
    assert "404" in preview(plan_for(registry, auto_register=False), msgspec.structs.replace(
        PLAN, value_schema_file=str(SCHEMAS / "order.v2.avsc"), value=ORDER.replace("customer", "buyer")
    )).error  # fmt: skip
    assert preview(RegistryPlan(url="mock://")).value[:5] == b"\x00\x00\x00\x00\x01"
    assert "give [registry] url" in preview(RegistryPlan()).error


def test_a_preview_tells_where_the_text_does_not_fit(registry):
    found = preview(
        RegistryPlan(url="mock://"), msgspec.structs.replace(PLAN, value='{\n"id": {{ seq }},\n"itm": 1}')
    )
    assert found.where == "value"
    assert (found.problems[0].line, found.problems[0].field) == (3, "itm")
    broken = msgspec.structs.replace(PLAN, value_schema_file=str(SCHEMAS / "none.avsc"))
    assert "no such file" in preview(RegistryPlan(url="mock://"), broken).error


def test_the_error_type_says_what_is_not_known_yet(registry):
    with pytest.raises(RegistryError) as caught:
        RegistryClient(plan_for(registry), may_register=False).id_of("orders-value", "AVRO", '"int"', ())
    assert caught.value.is_unknown
