"""Every error that ``logstore`` raises on purpose: one tree, one line each, naming the culprit and the way out.

Catch ``LogstoreError`` to catch them all. Where Python has a word for the same mistake (``TypeError``, ``KeyError``,
``OSError``) the error is also one of those, so that code written against the plain word keeps working.
"""

from __future__ import annotations


class LogstoreError(Exception):
    """Something that ``logstore`` refuses to do, or cannot do."""


class UsageError(LogstoreError):
    """A call that makes no sense now: ``log()`` before ``init()``, or after ``finish()``."""


class RowError(LogstoreError, TypeError):
    """Values that cannot become a row: not a dictionary, a key that is no string, a value that is not data."""


class StepError(LogstoreError, ValueError):
    """A step that goes backwards, where ``strict_steps=True`` asked for an error."""


class ConfigError(LogstoreError, ValueError):
    """A config that cannot be read, or a change to a value that was already set."""


class DefinitionError(LogstoreError, ValueError):
    """A ``define_metric()`` rule that means nothing."""


class BadNameError(LogstoreError, ValueError):
    """A run id, project or other name that cannot be a directory of its own."""


class StorageError(LogstoreError, OSError):
    """A directory or file of the store that cannot be made, read or written."""


class ResumeError(LogstoreError):
    """A run that should be new and exists, or should exist and does not."""


class RunBusyError(ResumeError):
    """A run that another live process is writing."""


class StoreError(LogstoreError):
    """A path that holds no store, or one that cannot be read."""


class RunNotFoundError(LogstoreError, LookupError):
    """No run, or no metric, of the name that was asked for."""


class AmbiguousRunError(LogstoreError, LookupError):
    """A name that fits several runs."""
