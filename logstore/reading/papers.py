"""The documents of one run: run.json, config.json, summary.json, or the config beside somebody else's log."""

from __future__ import annotations

import os
from collections.abc import Mapping

from logstore.caches.entry import Entry
from logstore.format import CONFIG_FILE, RUN_FILE, SUMMARY_FILE
from logstore.labels import LABELS_FILE, Labels
from logstore.model.records import RunRecord
from logstore.reading.discovery import Found
from logstore.reading.draft import Draft
from logstore.reading.tail import Look
from logstore.reading.watched import Watched

FOREIGN_CONFIGS = (CONFIG_FILE, "config.yaml", "config.yml", "hparams.json", "hparams.yaml", "hparams.yml")
"""Where the config of a run that somebody else wrote is looked for, beside its rows."""


class Papers:
    """What the documents of a run say, as far as they could be read."""

    __slots__ = ("_config", "_directory", "_is_file", "_labels", "_run", "_said", "_summary", "record")

    def __init__(self, found: Found) -> None:
        self.record: RunRecord | None = None
        """run.json under what labels.json says; None for a run that somebody else wrote."""
        self._is_file = found.is_file
        self._directory = found.directory
        self._said: Labels | None = None
        """labels.json, where there is one."""
        self._labels = Watched(f"{self._directory}/{LABELS_FILE}", may_miss=True)
        self._run = Watched(f"{self._directory}/{RUN_FILE}")
        self._config = Watched(f"{self._directory}/{CONFIG_FILE}")
        self._summary = Watched(f"{self._directory}/{SUMMARY_FILE}", may_miss=True)

    def refresh(self, draft: Draft) -> None:
        """Read again what changed, into ``draft``."""
        if self._is_file:
            self._find_config()
        else:
            labels = self._labels.refresh()
            if labels is not None:
                self._said, self._run.seen = Labels.from_json(labels), None  # the record is to be read under them
            record = self._run.refresh()
            if record:
                read = RunRecord.from_json(record)
                self.record = draft.record = read if self._said is None else self._said.over(read)
            summary = self._summary.refresh()
            if summary is not None:
                draft.manual_summary = summary
        config = self._config.refresh()
        if config is not None:
            draft.config = unwrap(config) if self._is_file else config

    def problems(self) -> list[str]:
        """What is wrong with the documents, one line each."""
        documents = (self._run, self._config, self._summary, self._labels)
        return [each.problem for each in documents if each.problem is not None]

    def looks(self) -> dict[str, Look]:
        """What each of the documents was when it was read."""
        return {each.name: each.seen for each in (self._run, self._config, self._summary) if each.seen is not None}

    def recall(self, entry: Entry, draft: Draft) -> None:
        """What ``entry`` says of the documents stands as if it had just been read."""
        if self._is_file:
            name = next((name for name in FOREIGN_CONFIGS if name in entry.looks), CONFIG_FILE)
            self._config = Watched(f"{self._directory}/{name}")
        for each in (self._run, self._config, self._summary):
            each.seen = entry.looks.get(each.name)
        self.record = draft.record = entry.record
        draft.config, draft.manual_summary = entry.config, entry.manual_summary

    def read_again(self) -> tuple[Mapping[str, object] | None, Mapping[str, object] | None]:
        """Config and summary as they are in their files; None for one that is not there.

        Raises:
            OSError, ValueError: One cannot be read.
        """
        config = None if self._config.seen is None else self._config.read()
        summary = None if self._summary.seen is None else self._summary.read()
        return unwrap(config) if config is not None and self._is_file else config, summary

    def _find_config(self) -> None:
        """Follow the first of the names that exists; the file may appear later."""
        if not os.path.lexists(self._config.path):
            for name in FOREIGN_CONFIGS:
                if os.path.lexists(f"{self._directory}/{name}"):
                    self._config = Watched(f"{self._directory}/{name}")
                    return


def unwrap(config: Mapping[str, object]) -> Mapping[str, object]:
    """``config`` without the wrapping that W&B gives each key: ``{"lr": {"desc": None, "value": 0.1}}``."""
    wrapped = {key: each["value"] for key, each in config.items() if isinstance(each, Mapping) and "value" in each}
    loose = config.keys() - wrapped.keys() - {"wandb_version"}
    return wrapped if wrapped and not loose else config
