"""A client that costs little: produce_batch, so that the brokers are what is measured.

`python -m benchmarks.batch_loop BOOTSTRAP` prints records per second.
"""

import sys
import time

from confluent_kafka import KafkaError, Message, Producer

from benchmarks.constants import BATCH, CONFIG, LOAD_RECORDS, TOPIC, VALUE


def main() -> None:
    producer = Producer({**CONFIG, "bootstrap.servers": sys.argv[1]})
    acked = failed = 0

    def on_delivery(error: KafkaError | None, _: Message) -> None:
        nonlocal acked, failed
        if error is None:
            acked += 1
        else:
            failed += 1

    def send(count: int) -> None:
        before, sent = acked + failed, 0
        while sent < count:
            batch = [message.copy() for message in [{"value": value}] * min(BATCH, count - sent)]
            taken = producer.produce_batch(TOPIC, batch, on_delivery=on_delivery)
            sent += taken
            producer.poll(0 if taken else 0.01)
        while acked + failed < before + count:
            producer.poll(0.05)

    value = VALUE.encode()
    send(1)
    began = time.monotonic()
    send(LOAD_RECORDS)
    seconds = time.monotonic() - began
    if failed:
        sys.exit(f"{failed} records failed")
    print(LOAD_RECORDS / seconds)


if __name__ == "__main__":
    main()
