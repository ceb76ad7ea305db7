"""Certificates and keys: Java keeps them in stores, librdkafka in PEM files or a PKCS#12 keystore."""

from workbench.producer_config.translation.draft import Draft

_TYPE, _LOCATION, _PASSWORD = "ssl.keystore.type", "ssl.keystore.location", "ssl.keystore.password"
_KEY, _CHAIN = "ssl.keystore.key", "ssl.keystore.certificate.chain"
_KEY_FILE, _CERTIFICATE_FILE = "ssl.key.location", "ssl.certificate.location"
_KEY_PEM, _CERTIFICATE_PEM = "ssl.key.pem", "ssl.certificate.pem"
_TRUST_TYPE, _TRUST_LOCATION = "ssl.truststore.type", "ssl.truststore.location"
_TRUST_PASSWORD, _TRUST_CERTIFICATES = "ssl.truststore.password", "ssl.truststore.certificates"
_CA_FILE, _CA_PEM = "ssl.ca.location", "ssl.ca.pem"
_PKCS12_ENDINGS = (".p12", ".pfx", ".pkcs12")
_JKS_MEND = "librdkafka reads no JKS: make PKCS#12 of it by keytool -importkeystore -deststoretype PKCS12."
_TRUST_MEND = "librdkafka trusts PEM files only: write the certificates out by keytool -exportcert -rfc."


def keystore_to_librdkafka(draft: Draft) -> None:
    kind = (draft.take(_TYPE) or "").strip().upper()
    typed = bool(kind)
    location = draft.take(_LOCATION)
    if kind in {"", "JKS"} and location and location.lower().endswith(_PKCS12_ENDINGS):
        kind = "PKCS12"
    readable = {"PEM": _pem_keystore, "PKCS12": _pkcs12_keystore}.get(kind)
    if readable:
        readable(draft, location)
    else:
        for name, text in (
            (_LOCATION, location),
            *((name, draft.take(name)) for name in (_PASSWORD, _KEY, _CHAIN)),
        ):
            if text is not None:
                draft.note(name, "impossible", _JKS_MEND)
    if typed:
        usable = readable is not None or (kind == "JKS" and location is None)
        draft.note(_TYPE, "mapped" if usable else "impossible", "" if usable else _JKS_MEND)


def _pem_keystore(draft: Draft, location: str | None) -> None:
    if location is not None:
        draft.put((_CERTIFICATE_FILE, location), (_KEY_FILE, location))
        draft.note(
            _LOCATION, "mapped", "The PEM file holds both: ssl.certificate.location and ssl.key.location."
        )
    for name, made in ((_KEY, _KEY_PEM), (_CHAIN, _CERTIFICATE_PEM)):
        text = draft.take(name)
        if text is not None:
            draft.put((made, text))
            draft.note(name)
    if draft.take(_PASSWORD) is not None:
        draft.note(_PASSWORD, "impossible", "PEM has no store password; Java refuses it too.")


def _pkcs12_keystore(draft: Draft, location: str | None) -> None:
    password = draft.take(_PASSWORD)
    if location is not None and password:
        draft.put((_LOCATION, location), (_PASSWORD, password))
        draft.note(_LOCATION)
    elif location is not None:
        draft.note(_LOCATION, "impossible", "librdkafka takes no keystore without ssl.keystore.password.")
    if password is not None:
        useful = location is not None and bool(password)
        draft.note(_PASSWORD, "mapped", "" if useful else "Means nothing without ssl.keystore.location.")
    for name in (_KEY, _CHAIN):
        if draft.take(name) is not None:
            draft.note(name, "impossible", "Java takes it with ssl.keystore.type=PEM only.")


def keystore_to_java(draft: Draft) -> None:
    names = (_LOCATION, _PASSWORD, _KEY_FILE, _CERTIFICATE_FILE, _KEY_PEM, _CERTIFICATE_PEM)
    given = {name: text for name in names if (text := draft.take(name)) is not None}
    if _LOCATION in given:
        draft.put(
            (_TYPE, "PKCS12"), *((name, given[name]) for name in (_LOCATION, _PASSWORD) if name in given)
        )
    elif given.get(_KEY_FILE) and given.get(_KEY_FILE) == given.get(_CERTIFICATE_FILE):
        draft.put((_TYPE, "PEM"), (_LOCATION, given[_KEY_FILE]))
    elif _KEY_PEM in given or _CERTIFICATE_PEM in given:
        made = ((_KEY_PEM, _KEY), (_CERTIFICATE_PEM, _CHAIN))
        draft.put((_TYPE, "PEM"), *((java, given[name]) for name, java in made if name in given))
    for name, text in given.items():
        used = (
            name in {_LOCATION, _PASSWORD}
            if _LOCATION in given
            else name in {_KEY_PEM, _CERTIFICATE_PEM} or draft.made.get(_LOCATION) == text
        )
        draft.note(name, "mapped" if used else "impossible", "" if used else _two_files(name))


def _two_files(name: str) -> str:
    if name in {_KEY_FILE, _CERTIFICATE_FILE}:
        return "Java wants certificate and key in one PEM file: put them together, one behind the other."
    return "Java takes one kind of keystore only."


def truststore_to_librdkafka(draft: Draft) -> None:
    kind = (draft.take(_TRUST_TYPE) or "").strip().upper()
    if kind:
        draft.note(
            _TRUST_TYPE, "mapped" if kind == "PEM" else "impossible", "" if kind == "PEM" else _TRUST_MEND
        )
    for name, made in ((_TRUST_LOCATION, _CA_FILE), (_TRUST_CERTIFICATES, _CA_PEM)):
        text = draft.take(name)
        if text is None:
            continue
        if kind == "PEM":
            draft.put((made, text))
            draft.note(name)
        else:
            draft.note(name, "impossible", _TRUST_MEND)
    if draft.take(_TRUST_PASSWORD) is not None:
        draft.note(_TRUST_PASSWORD, "impossible")


def truststore_to_java(draft: Draft) -> None:
    location, pem = draft.take(_CA_FILE), draft.take(_CA_PEM)
    if pem is not None:
        draft.put((_TRUST_TYPE, "PEM"), (_TRUST_CERTIFICATES, pem))
        draft.note(_CA_PEM)
    if location is None:
        return
    if location.strip() == "probe":
        draft.note(_CA_FILE, "mapped", "Java, too, trusts the system's authorities when nothing is said.")
    elif pem is not None:
        draft.note(_CA_FILE, "impossible", "Java refuses both at once; ssl.ca.pem is taken.")
    else:
        draft.put((_TRUST_TYPE, "PEM"), (_TRUST_LOCATION, location))
        draft.note(_CA_FILE, "approximated")
