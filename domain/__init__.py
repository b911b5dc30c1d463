"""Facts and rules: what can be true, whatever it runs on. Standard library only.

How to read this folder, in ten lines:

1. record, ids, actor, errors        the alphabet: frozen records, ids, who did it, refusals
2. ticket/words, ticket/messages     the vocabulary: statuses, relations, files beside a text
3. ticket/events                     everything that can happen to a ticket; stored forever
4. ticket/state                      what a ticket is now: `evolve` folds events and never refuses
5. ticket/rules                      the lifecycle: which command is allowed from which status
6. ticket/aspects, ticket/opposite   which changes commute, and which can be taken back
7. people/, desk/, configuration/    requesters, agents, teams, queues; rules; views, answers
8. kinds, states                     two tables: events by category, folds by category
9. happened, recorded, position      an event alone, in its envelope, and its place in the log
10. Time, ids and policies come in as arguments: no clock, no random, no database in here.
"""
