"""Clusters a run can go to: the lab, Apache Kafka beside kwb, the user's own."""
