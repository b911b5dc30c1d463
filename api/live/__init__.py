"""What goes on at the desk, told to those who look at it, as it happens.

`tail.py` follows the log and `crier.py` hears what is not in it; both tell the readers that
`hub.py` knows. `telling.py` is what a stretch of the log says to whom, `stream.py` the answer that
one reader gets.
"""
