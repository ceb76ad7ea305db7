"""The charts of the Partitions screen."""
