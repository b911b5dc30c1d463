"""HTML that others wrote, made fit to be shown: read, made regular, made safe.

tokens.py reads it as browsers do, in time that grows with its length; regular.py writes what is
allowed of it down again, closed and not too deep; safe.py has a sanitiser look at the result, and
only what that says is ever shown.
"""

from api.html.allowed import Files
from api.html.safe import safe_html

__all__ = ["Files", "safe_html"]
