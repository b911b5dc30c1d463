"""Plausible histories of a help desk, made up from a seed and decided by the real deciders.

How to read this folder:

1. plan.py        what is asked for: how many tickets, from when to when, which seed
2. arrivals.py    when requests come in: by hour and weekday, in Korea and in Europe
3. hours.py, cast.py, names.py   when people work, and who they are
4. topics.py      what goes wrong; phrases.py: what they write about it, in two languages
5. case.py        one request with its people, and how they take their steps
6. stories.py, working.py, aftermath.py   the course of a request, as generators of steps
7. desk.py        takes each step through the decider of its command, as the handler does
8. simulate.py    runs all stories in the order of time; write.py puts them into the log

The same plan gives the same commands, byte for byte, so that a repeated or interrupted simulation
adds nothing twice.
"""
