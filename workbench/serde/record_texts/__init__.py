"""A record as other tools write it, in and out: JSON envelope, kcat, kafka-console-producer."""
