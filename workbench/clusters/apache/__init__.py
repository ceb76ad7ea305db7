"""Apache Kafka beside kwb, without Docker: one controller-only node and broker-only nodes on loopback."""
