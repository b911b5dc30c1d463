"""Measurements, each beside a yardstick that is taken in the same run; see README.md."""
