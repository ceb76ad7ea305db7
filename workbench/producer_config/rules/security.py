"""Who may read along, and whether the client knows to whom it talks."""

from workbench.producer_config.rules.config import Config
from workbench.producer_config.rules.rule import Fix, Found, Together
from workbench.producer_config.translation import jaas

_PROTOCOL, _MECHANISM = "security.protocol", "sasl.mechanism"
_JAAS, _USER, _PASSWORD = "sasl.jaas.config", "sasl.username", "sasl.password"
_ENDPOINT, _VERIFY = "ssl.endpoint.identification.algorithm", "enable.ssl.certificate.verification"
_METHOD, _URL = "sasl.oauthbearer.method", "sasl.oauthbearer.token.endpoint.url"
_CLIENT_CREDENTIALS = tuple(f"sasl.oauthbearer.client.credentials.client.{part}" for part in ("id", "secret"))
_GRANT, _METADATA = "sasl.oauthbearer.grant.type", "sasl.oauthbearer.metadata.authentication.type"
_UNSECURE = "enable.sasl.oauthbearer.unsecure.jwt"
_ASSERTION = "sasl.oauthbearer.assertion"
_STORES = ("ssl.keystore", "ssl.truststore")
_PROTOCOLS, _SERVICE = "ssl.enabled.protocols", "sasl.kerberos.service.name"
_WINDOWS_STORES = "ssl.ca.certificate.stores"
_BY_PASSWORD = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}
_MECHANISMS = {*_BY_PASSWORD, "GSSAPI", "OAUTHBEARER"}
_PROTOCOL_NAMES = {"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"}
_MODULES = {
    "PLAIN": "PlainLoginModule",
    "SCRAM-SHA-256": "ScramLoginModule",
    "SCRAM-SHA-512": "ScramLoginModule",
    "OAUTHBEARER": "OAuthBearerLoginModule",
    "GSSAPI": "Krb5LoginModule",
}


def kwbs_cluster_is_plaintext(config: Config) -> Found | None:
    whose = config.cluster.started_by_kwb
    if not whose or config.protocol not in _PROTOCOL_NAMES - {"PLAINTEXT"}:
        return None
    return Found(_PROTOCOL, {"protocol": config.protocol, "whose": whose}, Fix(_PROTOCOL, None))


def credentials_in_plaintext(config: Config) -> Found | None:
    if config.protocol != "SASL_PLAINTEXT" or config.mechanism not in {"PLAIN", "OAUTHBEARER"}:
        return None
    return Found(_PROTOCOL, {"mechanism": config.mechanism}, Fix(_PROTOCOL, "SASL_SSL"))


def credentials_unused(config: Config) -> Found | None:
    said = [
        name for name in (_PASSWORD, _USER, _JAAS, *_CLIENT_CREDENTIALS, _MECHANISM) if config.said.get(name)
    ]
    if config.sasl or not said:
        return None
    values = {"name": said[0], "protocol": config.protocol}
    return Found(said[0], values, None if config.cluster.started_by_kwb else Fix(_PROTOCOL, "SASL_SSL"))


def tls_unused(config: Config) -> Found | None:
    said = [name for name, text in config.said.items() if name.startswith("ssl.") and text.strip()]
    if config.tls or not said:
        return None
    values = {"name": said[0], "protocol": config.protocol}
    fix = Fix(_PROTOCOL, "SASL_SSL" if config.sasl else "SSL")
    return Found(said[0], values, None if config.cluster.started_by_kwb else fix)


def hostname_verification_off(config: Config) -> Found | None:
    off = "" if config.java else "none"
    if _ENDPOINT not in config.said or config.text(_ENDPOINT).lower() != off:
        return None
    return Found(_ENDPOINT, {}, Fix(_ENDPOINT, "https"))


def unknown_endpoint_algorithm(config: Config) -> Found | None:
    text = config.text(_ENDPOINT)
    if text.lower() in {"", "https"}:
        return None
    return Found(_ENDPOINT, {"text": text}, Fix(_ENDPOINT, "" if text.lower() == "none" else "https"))


def certificate_verification_off(config: Config) -> Found | None:
    if config.on(_VERIFY) or _VERIFY not in config.said:
        return None
    return Found(_VERIFY, {}, Fix(_VERIFY, None))


def old_tls(config: Config) -> Found | None:
    versions = [version.strip() for version in config.text(_PROTOCOLS).split(",")]
    old = [version for version in versions if version in {"SSLv3", "TLSv1", "TLSv1.1"}]
    return Found(_PROTOCOLS, {"old": ", ".join(old)}, Fix(_PROTOCOLS, None)) if old else None


# ── log-in ────────────────────────────────────────────────────────────────────────────────────────


def sasl_needs_password(config: Config) -> Found | None:
    if not config.sasl or config.mechanism not in _BY_PASSWORD:
        return None
    missing = [name for name in (_USER, _PASSWORD) if not config.said.get(name)]
    values = {"missing": " and ".join(missing), "mechanism": config.mechanism}
    return Found(missing[0], values) if missing else None


def sasl_needs_jaas(config: Config) -> Found | None:
    if not config.sasl or _JAAS in config.said:
        return None
    return Found(_JAAS, {"protocol": config.protocol})


def jaas_malformed(config: Config) -> Found | None:
    text = config.said.get(_JAAS, "").strip()
    if not config.sasl or _JAAS not in config.said or jaas.parse(text):
        return None
    what = "it is empty" if not text else "it does not end in ;" if not text.endswith(";") else ""
    return Found(_JAAS, {"what": what or 'it is not of the form MODULE required name="value" …;'})


def jaas_of_another_mechanism(config: Config) -> Found | None:
    login = jaas.parse(config.said.get(_JAAS, ""))
    wanted = _MODULES.get(config.mechanism)
    if not config.sasl or login is None or wanted is None or login.name == wanted:
        return None
    if login.name not in _MODULES.values():
        return None
    meant = next(name for name, module in _MODULES.items() if module == login.name)
    values = {"module": login.name, "mechanism": config.mechanism, "meant": meant}
    return Found(_MECHANISM, values, Fix(_MECHANISM, meant))


def mechanism_unknown(config: Config) -> Found | None:
    text = config.mechanism
    several = "," in text or " " in text
    if text in _MECHANISMS or not (config.sasl or several):
        return None
    mended = next((each for each in _MECHANISMS if each.lower() == text.lower()), None)
    fix = Fix(_MECHANISM, mended) if mended else None
    return Found(_MECHANISM, {"mechanism": text}, fix)


def mechanism_not_said(config: Config) -> Found | None:
    if not config.sasl or _MECHANISM in config.said:
        return None
    return Found(_MECHANISM, {"protocol": config.protocol})


def not_in_this_build(config: Config) -> Found | None:
    if _WINDOWS_STORES in config.said:
        what = f"{_WINDOWS_STORES} is for Windows only"
        return Found(_WINDOWS_STORES, {"what": what}, Fix(_WINDOWS_STORES, None))
    if config.sasl and config.mechanism == "GSSAPI":
        return Found(_MECHANISM, {"what": "GSSAPI (Kerberos) needs a librdkafka built with libsasl2"})
    return None


def kerberos_needs_service(config: Config) -> Found | None:
    login = jaas.parse(config.said.get(_JAAS, ""))
    named = config.said.get(_SERVICE) or (login and "serviceName" in login.options)
    if not config.sasl or config.mechanism != "GSSAPI" or _JAAS not in config.said or named:
        return None
    return Found(_SERVICE, {}, Fix(_SERVICE, "kafka"))


# ── tokens ────────────────────────────────────────────────────────────────────────────────────────


def _oidc(config: Config) -> bool:
    """Librdkafka checks it whatever security.protocol says."""
    return config.mechanism == "OAUTHBEARER" and config.text(_METHOD).lower() == "oidc"


def oidc_needs_endpoint(config: Config) -> Found | None:
    if not _oidc(config) or config.on(_UNSECURE):
        return None
    asked = [_URL]
    if config.text(_METADATA).lower() not in {"none", ""}:
        asked = [] if config.text(_METADATA).lower() == "aws_iam" else asked
    elif config.text(_GRANT).lower().endswith("jwt-bearer"):
        parts = ("file", "private.key.file", "private.key.pem")
        given = any(config.said.get(f"{_ASSERTION}.{part}") for part in parts)
        asked += [] if given else [f"{_ASSERTION}.private.key.file"]
    else:
        asked += _CLIENT_CREDENTIALS
    missing = [name for name in asked if not config.said.get(name)]
    return Found(missing[0], {"missing": missing[0]}) if missing else None


def unsecure_tokens(config: Config) -> Found | None:
    return Found(_UNSECURE, {}, Fix(_UNSECURE, None)) if config.on(_UNSECURE) else None


def unsecure_tokens_and_oidc(config: Config) -> Found | None:
    if not _oidc(config) or not config.on(_UNSECURE):
        return None
    return Found(_UNSECURE, {}, Fix(_UNSECURE, None))


# ── stores ────────────────────────────────────────────────────────────────────────────────────────


def keystore_needs_password(config: Config) -> Found | None:
    location, password = f"{_STORES[0]}.location", f"{_STORES[0]}.password"
    if not config.said.get(location) or config.said.get(password):
        return None
    return Found(password)


def password_without_store(config: Config) -> Found | None:
    for store in _STORES:
        password = f"{store}.password"
        inline = {f"{store}.key", f"{store}.certificate.chain", f"{store}.certificates"}
        if not config.tls or password not in config.said or config.said.get(f"{store}.location"):
            continue
        if not config.said.keys() & inline:
            return Found(password, {"store": store}, Fix(password, None))
    return None


LOOKS: tuple[tuple[str, Together], ...] = (
    ("kwbs-cluster-is-plaintext", kwbs_cluster_is_plaintext),
    ("credentials-in-plaintext", credentials_in_plaintext),
    ("credentials-unused", credentials_unused),
    ("tls-unused", tls_unused),
    ("hostname-verification-off", hostname_verification_off),
    ("unknown-endpoint-algorithm", unknown_endpoint_algorithm),
    ("certificate-verification-off", certificate_verification_off),
    ("old-tls", old_tls),
    ("sasl-needs-password", sasl_needs_password),
    ("sasl-needs-jaas", sasl_needs_jaas),
    ("jaas-malformed", jaas_malformed),
    ("jaas-of-another-mechanism", jaas_of_another_mechanism),
    ("mechanism-unknown", mechanism_unknown),
    ("mechanism-not-said", mechanism_not_said),
    ("not-in-this-build", not_in_this_build),
    ("kerberos-needs-service", kerberos_needs_service),
    ("oidc-needs-endpoint", oidc_needs_endpoint),
    ("unsecure-tokens", unsecure_tokens),
    ("unsecure-tokens-and-oidc", unsecure_tokens_and_oidc),
    ("keystore-needs-password", keystore_needs_password),
    ("password-without-store", password_without_store),
)
