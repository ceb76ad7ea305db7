"""kwb, the workbench for people who produce to Apache Kafka."""

__version__ = "0.1.0"
