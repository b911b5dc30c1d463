"""The front door: the web API, the pages, the command line, and the one place that wires it all."""
