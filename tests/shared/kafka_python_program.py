"""kafka-python as a program: `send BOOTSTRAP` or `read BOOTSTRAP`, of topic t, until SIGTERM.

Each value is a line on stdout once it is acknowledged, or read. A process of its own: kafka-python leaves
sockets to the collector, and warnings about them would hit other tests. One that does not end within
ENDS_S of SIGTERM says on stderr where it stands, and exits with 1.
"""

import faulthandler
import itertools
import signal
import sys
import time
import warnings

warnings.simplefilter("ignore")

from kafka import KafkaConsumer, KafkaProducer  # noqa: E402

ENDS_S = 45  # more than flush and close may take together
JOIN_MS = 5000
"""Longer than joining a group takes: where poll() comes back before that, kafka-python 3.0.12 now and then takes
the partitions that it was given for assigned, and never fetches from them (seen with 100 ms on a busy machine)."""


class Ended:
    """Whether SIGTERM has come.

    No threading.Event: to set one, the handler needs the lock that a wait holds which it interrupts, and
    both stand still for ever (seen).
    """

    come = False


def end(_number, _frame):
    if not Ended.come:
        Ended.come = True
        faulthandler.dump_traceback_later(ENDS_S, exit=True)


signal.signal(signal.SIGTERM, end)


def say(value):
    sys.stdout.write(f"{value}\n")
    sys.stdout.flush()


def send(bootstrap):
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    for number in itertools.count():
        if Ended.come:
            break
        future = producer.send("t", b"%d" % number)
        future.add_callback(lambda _, number=number: say(number))
        future.add_errback(lambda error, number=number: say(f"failed {number} {error!r}"))
        time.sleep(0.005)
    producer.flush(30)
    producer.close(10)


def read(bootstrap):
    consumer = KafkaConsumer("t", bootstrap_servers=bootstrap, group_id="g", auto_offset_reset="earliest")
    while not Ended.come:
        for messages in consumer.poll(JOIN_MS).values():
            for message in messages:
                say(message.value.decode())
    consumer.close()


{"send": send, "read": read}[sys.argv[1]](sys.argv[2].split(","))
