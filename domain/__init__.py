"""Facts and rules: what can be true, whatever it runs on. Standard library only.

How to read this folder, in ten lines:

1. record.py, ids.py, actor.py, errors.py   the alphabet: frozen records, ids, who, refusals
2. ticket/words.py                          the vocabulary: statuses and their categories, relations
3. ticket/events.py                         everything that can happen to a ticket; stored forever
4. ticket/state.py                          what a ticket is now: `evolve` folds events, never refuses
5. ticket/rules.py                          the lifecycle: which command is allowed from which status
6. ticket/aspects.py                        which changes commute, and which overwrite each other
7. people/, desk/                           requesters, agents, teams, queues, the workspace's rules
8. kinds.py, states.py                      two tables: events by category, folds by category
9. happened.py, recorded.py, position.py    an event alone, in its envelope, and its place in the log
10. Time, ids and policies come in as arguments: nothing here has a clock, a random or a database.
"""
