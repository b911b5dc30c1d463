"""Time turned into commands: what closes or wakes up by itself.

A reaction asks a read model which tickets are due and answers with requests for the handler. It
decides nothing: the command does, on the state as it is then. A request names the version that
was found due, so that it is refused when the ticket moved on, and its command id is derived from
that version, so that two workers, or one after a crash, ask for the same thing once.
"""

from commands.reactions import close_resolved, tell_effects, wake_up
from commands.reactions.due import Reaction

REACTIONS: tuple[Reaction, ...] = (
    close_resolved.REACTION,
    wake_up.REACTION,
    tell_effects.REACTION,
)
"""Those that take their turn every second. What clocks reach is asked for by announce_clocks.py,
which has to be quicker.
"""
