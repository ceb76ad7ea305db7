"""What every competitor of `make bench` is given, printed with the figures."""

RECORDS = 500_000
LOAD_RECORDS = 2_000_000
"""Of the quick ones: load mode, produce_batch, kcat."""
BATCH = 5_000
"""Records a call; 10,000 of 100 B are more than `batch.size`: each call would leave a small batch behind."""
VALUE = "x" * 100
PARTITIONS = 6
REPLICATION_FACTOR = 3
CONFIG = {"acks": "all", "linger.ms": "5"}
ROUNDS = 3
TOPIC = "bench"
