"""Files at the front door: what one is by its content, which are taken, how they are sent.

incoming.py takes the bytes in, recognise.py and text_kinds.py say what they are, rules.py whether
they may come in, keeping.py keeps them, sending.py sends them back, cleaning.py removes what nobody
ever used.
"""
