"""What every competitor of `make bench` is given, printed with the figures."""

RECORDS = 500_000
VALUE = "x" * 100
PARTITIONS = 6
REPLICATION_FACTOR = 3
CONFIG = {"acks": "all", "linger.ms": "5"}
ROUNDS = 3
TOPIC = "bench"
