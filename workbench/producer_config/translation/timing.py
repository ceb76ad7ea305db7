"""Times that hang together: the wait for an answer, the backoffs, and what must fit into what."""

from workbench.producer_config.catalogue import Client, Facts, property_named
from workbench.producer_config.translation.draft import Draft
from workbench.producer_config.translation.fitting import fit
from workbench.producer_config.values import number, plain

REQUEST, SOCKET = "request.timeout.ms", "socket.timeout.ms"
DELIVERY, LINGER = "delivery.timeout.ms", "linger.ms"
BACKOFF, BACKOFF_MAX = "reconnect.backoff.ms", "reconnect.backoff.max.ms"
_TRANSACTION = "transaction.timeout.ms"
_TRANSACTION_SLACK_MS = 100
_MOST_TRANSACTION_MS = 2.0**31 - 1 - _TRANSACTION_SLACK_MS
"""librdkafka 2.16.0 adds the 100 to a 32-bit number, which overflows beyond."""


def standing(draft: Draft, name: str) -> float:
    """What the translated config comes to for this number: as it was made, else the client's default."""
    text = draft.made.get(name, "")
    return _or_zero(text or (_facts(name, draft.to).default or ""))


def timeouts_to_librdkafka(draft: Draft) -> None:
    text = draft.take(REQUEST)
    if text is None:
        return
    made = {name: fit(text, _facts(name, "librdkafka"), "librdkafka") for name in (REQUEST, SOCKET)}
    if any(value.text is None for value in made.values()):
        draft.note(REQUEST, "impossible", "It is no number of ms; Java refuses it too.")
        return
    draft.put(*((name, value.text) for name, value in made.items() if value.text is not None))
    bound = next((f"{name}: {value.how}" for name, value in made.items() if value.how), "")
    draft.note(REQUEST, "approximated" if bound else "mapped", bound)


def timeouts_to_java(draft: Draft) -> None:
    asked = {name: draft.take(name) for name in (SOCKET, REQUEST)}
    said = {name: text for name, text in asked.items() if text is not None}
    if not said:
        return
    taken = next(iter(said))
    value = fit(said[taken], _facts(REQUEST, "java"), "java")
    if value.text is None:
        draft.note(taken, "impossible", "It is no number of ms; librdkafka refuses it too.")
        return
    draft.put((REQUEST, value.text))
    same = len({_or_zero(text) for text in said.values()}) == 1 and len(said) == len(asked)
    for name in said:
        draft.note(name, "mapped" if same or name == SOCKET else "approximated")


def reconnect(draft: Draft) -> None:
    """Java's backoff never exceeds its maximum, and one given alone is its own maximum.

    librdkafka does not start where the maximum is the smaller one.
    """
    asked = {name: text for name in (BACKOFF, BACKOFF_MAX) if (text := draft.take(name)) is not None}
    amounts: dict[str, float] = {}
    for name, text in asked.items():
        value = fit(text, _facts(name, draft.to), draft.to)
        if value.text is None:
            draft.note(name, "impossible", "It is no number of ms.")
            continue
        amounts[name] = float(value.text)
        draft.note(name, "approximated" if value.how else "mapped", value.how)
    if BACKOFF in amounts and BACKOFF_MAX not in amounts:
        java = draft.source == "java"
        amounts[BACKOFF_MAX] = amounts[BACKOFF] if java else default(BACKOFF_MAX, "librdkafka")
    elif BACKOFF_MAX in amounts and amounts[BACKOFF_MAX] < default(BACKOFF, "librdkafka"):
        amounts.setdefault(BACKOFF, default(BACKOFF, draft.source))
    if BACKOFF in amounts:
        amounts[BACKOFF] = min(amounts[BACKOFF], amounts[BACKOFF_MAX])
    draft.put(*((name, plain(amount)) for name, amount in amounts.items()))


def fit_together_in_librdkafka(draft: Draft) -> None:
    """What librdkafka 2.16.0 refuses to see together: transactions bound the times, delivery the linger."""
    made = draft.made
    transaction = standing(draft, _TRANSACTION) if made.get("transactional.id") else None
    if transaction is not None:
        if _TRANSACTION in made and transaction > _MOST_TRANSACTION_MS:
            transaction = _MOST_TRANSACTION_MS
            said = "Close to its highest value librdkafka miscounts it and does not start."
            _lower(draft, _TRANSACTION, transaction, _TRANSACTION, said)
        said = "librdkafka wants it within transaction.timeout.ms."
        if standing(draft, DELIVERY) > transaction and DELIVERY in made:
            _lower(draft, DELIVERY, transaction, DELIVERY, said)
        if standing(draft, SOCKET) > transaction + _TRANSACTION_SLACK_MS and SOCKET in made:
            _lower(draft, SOCKET, transaction, REQUEST, said)
    if (
        transaction is None
        and DELIVERY not in made
        and standing(draft, LINGER) >= default(DELIVERY, "librdkafka")
    ):
        request = standing(draft, REQUEST) if REQUEST in made else default(REQUEST, "java")
        draft.put((DELIVERY, plain(standing(draft, LINGER) + request)))
        draft.note(LINGER, "mapped", "delivery.timeout.ms is raised along, as Java raises it by itself.")
    within = transaction if transaction is not None and DELIVERY not in made else standing(draft, DELIVERY)
    if LINGER in made and (DELIVERY in made or transaction is not None) and standing(draft, LINGER) >= within:
        _lower(draft, LINGER, max(0.0, within - 1), LINGER, "librdkafka wants it below delivery.timeout.ms.")


def fit_together_in_java(draft: Draft) -> None:
    """What Java 4.1.0 refuses to see together: delivery must leave room for linger and one request."""
    delivery, linger = standing(draft, DELIVERY), standing(draft, LINGER)
    if DELIVERY not in draft.made or delivery >= linger + standing(draft, REQUEST):
        return
    if LINGER in draft.made and linger >= delivery:
        _lower(draft, LINGER, max(0.0, delivery - 1), LINGER, "Java wants it below delivery.timeout.ms.")
        linger = standing(draft, LINGER)
    if linger > delivery:
        draft.put((LINGER, plain(delivery)))
        linger = delivery
    left = delivery - linger
    if standing(draft, REQUEST) > left:
        said = "No request of librdkafka's outlasts delivery.timeout.ms; Java has to be told so."
        _lower(draft, REQUEST, left, DELIVERY, said, approximated=False)


def _lower(
    draft: Draft, name: str, value: float, about: str, said: str, *, approximated: bool = True
) -> None:
    draft.put((name, plain(value)))
    draft.note(about, "approximated" if approximated else "mapped", said)


def default(name: str, client: Client) -> float:
    return _or_zero(_facts(name, client).default or "")


def _facts(name: str, client: Client) -> Facts:
    item = property_named(name)
    facts = item.of(client) if item else None
    assert facts is not None, name
    return facts


def _or_zero(text: str) -> float:
    return number(text) or 0.0
