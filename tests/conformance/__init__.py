"""Suites that any implementation can be held to."""
