"""Apache Kafka beside kwb, without Docker: one controller-only node and broker-only nodes on loopback."""

from workbench.clusters.apache.cluster import ApacheCluster

__all__ = ["ApacheCluster"]
