"""How many examples the properties of clocks and calendars are tried on.

A few, unless the environment variable CHRONODESK_EXAMPLES says how many:

    CHRONODESK_EXAMPLES=10000 .venv/bin/python -m pytest -q --timeout=0 -n 2 \\
        tests/domain/test_sla_properties.py tests/domain/test_calendar_properties.py

takes about an hour on two cores.
"""

import os

from hypothesis import HealthCheck, settings

_LONG_RUN = int(os.environ.get("CHRONODESK_EXAMPLES", "0"))


def examples(usual: int) -> settings:
    """So many, or as many as the long run wants."""
    return settings(
        max_examples=_LONG_RUN or usual,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
