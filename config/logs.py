"""Logging: one JSON line an event, and never a phone number or a key to a page in it."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# Seven digits or more, with or without a plus: what could be a number is not worth keeping in a log.
_NUMBER = re.compile(r"\+?\d{7,15}")
# Whoever reads the link to a person's own page can open it.
_OWN_PAGE = re.compile(r"/m/[^/\s\"]+")
_SAFE = {"timestamp", "event_id"}


def mask_numbers(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace whatever looks like a phone number, and links to own pages, in any text of the line."""
    return {
        key: _masked(value) if isinstance(value, str) and key not in _SAFE else value
        for key, value in line.items()
    }


def _masked(text: str) -> str:
    return _NUMBER.sub("[number]", _OWN_PAGE.sub("/m/[link]", text))


_SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
    mask_numbers,
]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _SHARED,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                mask_numbers,
                structlog.processors.JSONRenderer(),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["console"], "propagate": False},
        # One line a request and a task is noise; httpx would print addresses with numbers in them.
        "httpx": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}

structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
