"""What would have been kept, and what breached, had other calendars and policies been in force.

How to read this folder: edits.py turns a book into the changed one; judging.py takes one ticket and
judges it by both; tally.py adds up what came out; asking.py holds the question. Nothing here reads
or writes: adapters bring the histories, and nothing that is found is kept.
"""

from projections.what_if.asking import DIMENSIONS, Period, Question, WrongQuestion, question
from projections.what_if.edits import Edit, as_if, without
from projections.what_if.judging import compare
from projections.what_if.ports import Histories, Stopped, TooMuch
from projections.what_if.tally import Changed, Comparison, Counts, Moved, Row, Tally

__all__ = [
    "DIMENSIONS",
    "Changed",
    "Comparison",
    "Counts",
    "Edit",
    "Histories",
    "Moved",
    "Period",
    "Question",
    "Row",
    "Stopped",
    "Tally",
    "TooMuch",
    "WrongQuestion",
    "as_if",
    "compare",
    "question",
    "without",
]
