"""The log's tables and functions, applied in the order of their names (see schema.py)."""
