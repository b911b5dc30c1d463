"""The log on Apache Kafka: partition = lane, and nothing but what is committed.

How to read this folder: records.py turns events into records; writer.py is a transactional producer
that never waits for ever; last.py finds how far a partition is; topic.py puts them together. What
of kafka-python was tried against a real broker is in docs/decisions/0020-kafka.md.
"""
