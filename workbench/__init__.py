"""kwb, the workbench for people who produce to Apache Kafka."""
