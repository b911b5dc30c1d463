"""PostgreSQL: the log, the views, the embedded server."""
