"""What may be asked of the people around tickets, and of their teams and queues.

One file per thing; each small command has its decision right below it.
"""
