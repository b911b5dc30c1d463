"""How often a process that runs for long looks for garbage."""

import gc

_AFTER = (10_000, 20, 50)  # allocations, and collections of the younger generation


def collect_seldom() -> None:
    """What is there now stays: let the collector never look through it again.

    It also looks more seldom through what comes: a full look takes longer than a request may, and
    events that are read, turned into something and forgotten leave no cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_AFTER)
