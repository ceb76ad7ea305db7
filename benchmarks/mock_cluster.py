"""librdkafka's built-in mock cluster (C), in a process of its own as the lab is in one.

`python -m benchmarks.mock_cluster` prints bootstrap servers and ends with its stdin.
"""

import sys

from confluent_kafka import Producer

BROKERS = 3
PARTITIONS = 4
"""What it gives a topic that it makes by itself, each with three replicas; it knows no other way."""


def main() -> None:
    holder = Producer({"test.mock.num.brokers": BROKERS})
    brokers = holder.list_topics(timeout=10).brokers.values()
    print(",".join(f"{broker.host}:{broker.port}" for broker in brokers), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
