"""The log on Apache Kafka: partition = lane, and nothing but what is committed.

How to read this folder: records.py turns events into records; writer.py is a transactional producer
that never waits for ever; last.py finds how far a partition is; topic.py puts them together.
feed.py and window.py read it as a member of a consumer group; group.py tells who is in it. What of
kafka-python was tried against a real broker is in docs/decisions/0020-kafka.md.
"""
