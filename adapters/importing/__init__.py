"""Import of ticket histories that other systems wrote (CSV and XES event logs).

How to read this folder, in the order in which a row travels:

1. mapping.py, mappings/   what the columns of a file mean: one YAML document per source
2. opening.py              bytes: plain or gzip, cut off or whole
3. csv_rows.py, xes_rows.py   rows with their line, broken ones set apart
4. reading.py              a row gets its case, its instant and its state - or is reported
5. grouping.py             rows of one case together, however they lie in the file
6. case_history.py         the rows of one case become events (lifecycle.py: status changes)
7. people.py               requesters, agents and queues that the rows name
8. writing.py, run.py      batches into the log, idempotent and resumable
9. report.py, findings.py  what was read, written, broken, odd
10. kept.py, figures_*.py  the same history read back from the log, and its figures
"""
