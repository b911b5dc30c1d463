"""Measurements, each beside a yardstick that is taken in the same run.

`benchmarks/` has one module per thing that is measured, `yardsticks/` what it is measured against.
A benchmark is a function from a `Bench` (the server, a folder, how much of everything) to figures.
How to run them and how to read them: docs/performance.md.
"""
