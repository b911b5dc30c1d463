"""The command line: one file per command, each a thin layer over the services.

1. app.py       the commands in one list, in the order in which `--help` shows them
2. options.py   options that several commands share; opening.py makes services out of them
3. terminal.py  progress bars, tables, JSON and failures, on a terminal and off it
4. demo.py      what `serve --demo` makes on its first start

Exit codes: 0 all is well; 1 something was found or failed, and standard error says what; 2 the
command was called in a wrong way; 130 interrupted by Ctrl-C.
"""
