"""What a producer's config means: its properties, what is wrong with one, what it promises.

Says which client a sentence holds for: librdkafka 2.16.0 (confluent-kafka 2.16.1) or the Java
producer of Kafka 4.1.0. Loads neither.
"""

from workbench.producer_config.catalogue import (
    GROUPS,
    Client,
    Facts,
    Property,
    all_properties,
    catalogue_name,
    essentials,
    property_named,
)
from workbench.producer_config.dialect import canonical, effective
from workbench.producer_config.known import known_names
from workbench.producer_config.promise import Promise, promise
from workbench.producer_config.resolve import Resolved, resolve
from workbench.producer_config.rules import Hint, check, wrong_with
from workbench.producer_config.secrets import mask_secrets
from workbench.producer_config.translation import (
    Note,
    Translation,
    counterpart,
    java_standing,
    librdkafka_standing,
    to_java,
    to_librdkafka,
)

__all__ = [
    "GROUPS",
    "Client",
    "Facts",
    "Hint",
    "Note",
    "Promise",
    "Property",
    "Resolved",
    "Translation",
    "all_properties",
    "canonical",
    "catalogue_name",
    "check",
    "counterpart",
    "effective",
    "essentials",
    "java_standing",
    "known_names",
    "librdkafka_standing",
    "mask_secrets",
    "promise",
    "property_named",
    "resolve",
    "to_java",
    "to_librdkafka",
    "wrong_with",
]
