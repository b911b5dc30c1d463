"""Structured logs: one line per request, for people or as JSON."""

import logging
import sys

import structlog

from api.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Set up structlog for this process, to standard error."""
    # To it, each attempt to reach a broker that is away is an error; the publisher tells it once.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    last: list[structlog.typing.Processor] = [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The pretty formatter shows local variables, and those hold tokens and messages.
            exception_formatter=structlog.dev.plain_traceback,
        )
    ]
    if settings.log_format == "json":
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.log_level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
