"""The engine: the only process that loads confluent_kafka. `client` is the parent's handle on it."""
