"""An engine process, and librdkafka's own mock brokers for it."""

from tests.shared.engine_runs import engine, mock_brokers

__all__ = ["engine", "mock_brokers"]
