"""What answers look like: one file per group of routes, each shape a record or derived from one.

Shapes only describe. Answers are written by `api.answers.Answer` and never held against a shape
while the desk runs; the test client of tests/api does that with every answer it gets. A route names
its shape by `responses=answers(Shape)`; `schema.py` turns shapes into JSON Schema, in which each
field is required, since an answer writes all of them.
"""
