"""The peer: the loop that confluent-kafka's own documentation shows, with a delivery callback.

`python -m benchmarks.bare_loop BOOTSTRAP` prints records per second.
"""

import sys
import time

from confluent_kafka import KafkaError, Message, Producer

from benchmarks.constants import CONFIG, RECORDS, TOPIC, VALUE


def main() -> None:
    producer = Producer({**CONFIG, "bootstrap.servers": sys.argv[1]})
    acked = failed = 0

    def on_delivery(error: KafkaError | None, message: Message) -> None:
        nonlocal acked, failed
        if error is None and message.partition() is not None:
            acked += 1
        else:
            failed += 1

    def send(count: int) -> None:
        for _ in range(count):
            while True:
                try:
                    producer.produce(TOPIC, value, on_delivery=on_delivery)
                    break
                except BufferError:
                    producer.poll(0.01)
            producer.poll(0)
        while acked + failed < sent + count:
            producer.poll(0.05)

    value = VALUE.encode()
    sent = 0
    send(1)  # the warm-up: connections and metadata, as the engine has one too
    sent = 1
    began = time.monotonic()
    send(RECORDS)
    seconds = time.monotonic() - began
    if failed:
        sys.exit(f"{failed} records failed")
    print(RECORDS / seconds)


if __name__ == "__main__":
    main()
