"""Who the client is: user and password, Kerberos, tokens."""

from workbench.producer_config.translation import jaas
from workbench.producer_config.translation.draft import Draft
from workbench.producer_config.values import flag

_JAAS, _MECHANISM = "sasl.jaas.config", "sasl.mechanism"
_USER, _PASSWORD = "sasl.username", "sasl.password"
_PRINCIPAL, _KEYTAB = "sasl.kerberos.principal", "sasl.kerberos.keytab"
_SECURITY = "org.apache.kafka.common.security."
_PLAIN = f"{_SECURITY}plain.PlainLoginModule"
_SCRAM = f"{_SECURITY}scram.ScramLoginModule"
_OAUTH = f"{_SECURITY}oauthbearer.OAuthBearerLoginModule"
_KERBEROS = "com.sun.security.auth.module.Krb5LoginModule"
_HANDLER, _METHOD = "sasl.login.callback.handler.class", "sasl.oauthbearer.method"
_OIDC_HANDLER = f"{_SECURITY}oauthbearer.OAuthBearerLoginCallbackHandler"
_URL = "sasl.oauthbearer.token.endpoint.url"
_RETRIEVER, _GRANT = "sasl.oauthbearer.jwt.retriever.class", "sasl.oauthbearer.grant.type"
_EXTENSIONS = "sasl.oauthbearer.extensions"
_ASSERTION_FILE, _ASSERTION = "sasl.oauthbearer.assertion.file", "sasl.oauthbearer.assertion."
_RETRIEVERS = {
    f"{_SECURITY}oauthbearer.ClientCredentialsJwtRetriever": "client_credentials",
    f"{_SECURITY}oauthbearer.JwtBearerJwtRetriever": "urn:ietf:params:oauth:grant-type:jwt-bearer",
}
_OAUTH_OPTIONS = {
    "clientId": "sasl.oauthbearer.client.credentials.client.id",
    "clientSecret": "sasl.oauthbearer.client.credentials.client.secret",
    "scope": "sasl.oauthbearer.scope",
}
_EXTENSION = "extension_"


# ── to librdkafka ─────────────────────────────────────────────────────────────────────────────────


def jaas_to_librdkafka(draft: Draft) -> None:
    text = draft.take(_JAAS)
    if text is None:
        return
    login = jaas.parse(text)
    if login is None:
        draft.note(_JAAS, "impossible", "It is not of the form: module required name=value …;")
    elif login.name in {"PlainLoginModule", "ScramLoginModule"}:
        _password(draft, login)
    elif login.name == "OAuthBearerLoginModule":
        _token(draft, login)
    elif login.name == "Krb5LoginModule":
        _ticket(draft, login)
    else:
        draft.note(_JAAS, "impossible", "librdkafka has no login like this module's.")


def _password(draft: Draft, login: jaas.Login) -> None:
    if flag(login.options.get("tokenauth", "")):
        draft.note(_JAAS, "impossible", "librdkafka does not log in by delegation token.")
        return
    told = (("username", _USER), ("password", _PASSWORD))
    draft.put(*((name, login.options[option]) for option, name in told if option in login.options))
    draft.note(_JAAS)


def _token(draft: Draft, login: jaas.Login) -> None:
    draft.put(
        *((name, login.options[option]) for option, name in _OAUTH_OPTIONS.items() if option in login.options)
    )
    extensions = [
        f"{name.removeprefix(_EXTENSION)}={value}"
        for name, value in login.options.items()
        if name.startswith(_EXTENSION)
    ]
    if extensions:
        draft.put((_EXTENSIONS, ",".join(extensions)))
    others = [
        name for name in login.options if name not in _OAUTH_OPTIONS and not name.startswith(_EXTENSION)
    ]
    if others:
        draft.note(_JAAS, "impossible", f"librdkafka has nothing like {others[0]}.")
        return
    draft.note(_JAAS, "mapped", "Its options become sasl.oauthbearer.… properties.")


def _ticket(draft: Draft, login: jaas.Login) -> None:
    told = {"principal": _PRINCIPAL, "keyTab": _KEYTAB, "serviceName": "sasl.kerberos.service.name"}
    draft.put(*((name, login.options[option]) for option, name in told.items() if option in login.options))
    draft.note(
        _JAAS, "approximated", "librdkafka fetches the ticket by the program kinit, which must be there."
    )


def oauth_to_librdkafka(draft: Draft) -> None:
    _handler(draft)
    url = draft.take(_URL)
    if url is not None and url.strip().lower().startswith("file:"):
        draft.note(_URL, "impossible", "librdkafka takes no token from a file.")
    elif url is not None:
        draft.put((_URL, url), (_METHOD, "oidc"))
        draft.note(_URL)
    retriever = draft.take(_RETRIEVER)
    grant = _RETRIEVERS.get((retriever or "").strip())
    if grant:
        draft.put((_GRANT, grant))
        draft.note(_RETRIEVER)
    elif retriever is not None:
        draft.note(
            _RETRIEVER, "impossible", "It is a Java class; librdkafka asks an endpoint for tokens only."
        )
    if draft.given.get(_ASSERTION_FILE):
        for name in [name for name in draft.given if name.startswith(_ASSERTION) and name != _ASSERTION_FILE]:
            draft.take(name)
            draft.note(name, "mapped", f"Java does not look at it beside {_ASSERTION_FILE}.")


def _handler(draft: Draft) -> None:
    handler = draft.take(_HANDLER)
    if handler is None:
        return
    if handler.strip() in {_OIDC_HANDLER, _OIDC_HANDLER.replace("oauthbearer.", "oauthbearer.secured.")}:
        draft.put((_METHOD, "oidc"))
        draft.note(_HANDLER, "mapped", "librdkafka calls it sasl.oauthbearer.method=oidc.")
    else:
        draft.note(_HANDLER, "impossible")


# ── to Java ───────────────────────────────────────────────────────────────────────────────────────


def logins_to_java(draft: Draft) -> None:
    """sasl.jaas.config of what librdkafka has in properties of its own, and the token handler."""
    _method(draft)
    mechanism = draft.given.get(_MECHANISM, draft.given.get("sasl.mechanisms", "GSSAPI")).strip().upper()
    given = {name: text for name in (_USER, _PASSWORD) if (text := draft.take(name)) is not None}
    ticket = {name: text for name in (_PRINCIPAL, _KEYTAB) if (text := draft.take(name)) is not None}
    extensions = draft.take(_EXTENSIONS)
    if given and mechanism not in {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}:
        for name in given:
            draft.note(name, "mapped", f"Means nothing while sasl.mechanism is {mechanism}.")
    elif given:
        options = {name.removeprefix("sasl."): text for name, text in given.items()}
        draft.put((_JAAS, jaas.written(_PLAIN if mechanism == "PLAIN" else _SCRAM, options)))
        _note_all(draft, given)
    if ticket and mechanism == "GSSAPI":
        keys = {_KEYTAB: "keyTab", _PRINCIPAL: "principal"}
        options = (
            {"useKeyTab": "true", "storeKey": "true"} if _KEYTAB in ticket else {"useTicketCache": "true"}
        )
        options |= {keys[name]: text for name, text in ticket.items()}
        draft.put((_JAAS, jaas.written(_KERBEROS, options)))
    _note_all(draft, ticket)
    if mechanism == "OAUTHBEARER" and (extensions is not None or _HANDLER in draft.made):
        pairs = [pair.partition("=") for pair in (extensions or "").split(",") if "=" in pair]
        options = {f"{_EXTENSION}{name.strip()}": value.strip() for name, _, value in pairs}
        draft.put((_JAAS, jaas.written(_OAUTH, options)))
    if extensions is not None:
        draft.note(_EXTENSIONS)


def _method(draft: Draft) -> None:
    method, grant = draft.take(_METHOD), draft.take(_GRANT)
    if method is not None and method.strip().lower() == "oidc":
        draft.put((_HANDLER, _OIDC_HANDLER))
        draft.note(_METHOD)
    elif method is not None:
        draft.note(
            _METHOD, "approximated", "Java, too, has tokens handed over, by a class instead of a callback."
        )
    if grant is not None:
        classes = {kind: name for name, kind in _RETRIEVERS.items()}
        if grant.strip().lower() in classes:
            draft.put((_RETRIEVER, classes[grant.strip().lower()]))
            draft.note(_GRANT)
        else:
            draft.note(_GRANT, "impossible", "There is no such grant; librdkafka refuses it too.")


def _note_all(draft: Draft, names: dict[str, str]) -> None:
    for name in names:
        draft.note(name)
