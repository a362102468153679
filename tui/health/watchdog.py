"""The watchdog: evaluates every rule for every live run and for this machine, at each tick. Pure memory, no clock.

    watchdog = Watchdog(thresholds)
    alerts = watchdog.evaluate(runs, telemetry, now)    # all that is wrong now, newest last
    watchdog.changes                                    # what was raised, became worse or was cleared by that call

It is incremental: a point of a curve and a sample of telemetry are looked at once, ended runs cost a comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from collectors.backend import GpuEvent
from collectors.samples import Line, Sample
from logstore.model.runs import Run, Runs
from tui.health.alert import Alert, Change
from tui.health.board import Board, Found
from tui.health.evidence import Gpu, MachineEvidence, RunEvidence
from tui.health.history import still_open
from tui.health.machine_track import MachineTrack
from tui.health.rules import GPU_RULES, MACHINE_RULES, RUN_RULES
from tui.health.rules.calm import is_calm_run
from tui.health.run_track import RunTrack
from tui.health.thresholds import Thresholds
from tui.machine.telemetry import Telemetry

QUIET = 20.0
"""Seconds without a row after which it is worth looking whether a run's directory grows."""
BEHIND = 1 << 20
"""Unread bytes of a run from which nothing can be said of it yet."""
MET_AT_ONCE = 16
"""Runs that are looked at for the first time at one tick, since that takes longer: half a millisecond each."""


@dataclass(slots=True)
class _Watched:
    """A run that lives, or lived a moment ago."""

    track: RunTrack
    evidence: RunEvidence


class Watchdog:
    """Watches runs and a machine; see the module."""

    def __init__(self, thresholds: Thresholds | None = None) -> None:
        self.thresholds = thresholds or Thresholds()
        self.changes: tuple[Change, ...] = ()
        """What the last ``evaluate`` raised, made worse or cleared."""
        self._board = Board(self.thresholds.release)
        self._machine = MachineTrack(self.thresholds)
        self._watched: dict[str, _Watched] = {}
        self._ended: dict[str, int] = {}
        self._alive: list[str] = []
        self._version: int | None = None
        self._now = 0.0
        off = set(self.thresholds.off)
        self._run_rules = [rule for rule in RUN_RULES if rule.name not in off]
        self._last_rules = [rule for rule in self._run_rules if rule.after]
        self._gpu_rules = [rule for rule in GPU_RULES if rule.name not in off]
        self._machine_rules = [rule for rule in MACHINE_RULES if rule.name not in off]

    @property
    def alerts(self) -> list[Alert]:
        """All that is wrong now, newest last."""
        return self._board.alerts

    def hear(self, line: Line) -> None:
        """Take in a line of the sampler for the errors that devices reported in it; ``Telemetry`` keeps no events."""
        if isinstance(line, Sample) and line.events:
            self.hear_events(line.events)

    def hear_events(self, events: Iterable[GpuEvent]) -> None:
        """Take in errors that devices reported."""
        self._machine.hear(events)

    def evaluate(
        self,
        runs: Mapping[str, Run],
        telemetry: Telemetry | None,
        now: float,
        grew: Mapping[str, float] | None = None,
    ) -> list[Alert]:
        """Evaluate all rules.

        Args:
            runs: all runs by key; only those that live are looked at.
            telemetry: this machine; None where it is not sampled.
            now: seconds since the epoch.
            grew: when the directory or log of a run grew last, by its key, as ``tui.health.growth`` sees it.

        Returns:
            All that is wrong now, newest last.
        """
        self._now = now
        live = self._living(runs, now)
        if telemetry is not None:
            self._machine.look(telemetry, live, now)
        unread = {key for key, run in live.items() if run.bytes_left > BEHIND}
        known, strange = live.keys() & self._watched.keys(), live.keys() - self._watched.keys() - unread
        met = set(islice((key for key in live if key in strange), MET_AT_ONCE))
        for key in (key for key in live if (key in known and key not in unread) or key in met):
            self._look(key, live[key], now, (grew or {}).get(key))
        self._let_go(runs, live, now)
        over = self._board_runs() - live.keys()
        self.changes = self._board.update(self._found(telemetry, unread, now), now, over=over, unread=unread)
        return self._board.alerts

    def quiet(self) -> list[str]:
        """Keys of live runs that have logged nothing for a while: whether their directories grow is worth knowing."""
        clocks = ((key, watched.evidence) for key, watched in self._watched.items() if watched.evidence.left is None)
        rows = ((key, evidence.clock.last_row) for key, evidence in clocks)
        return [key for key, last in rows if last is None or self._now - last >= QUIET]

    def evidence(self, key: str) -> RunEvidence | None:
        """What is known of a live run, as the rules saw it last."""
        watched = self._watched.get(key)
        return watched.evidence if watched else None

    # -- which runs ---------------------------------------------------------------------------------------------

    def _living(self, runs: Mapping[str, Run], now: float) -> dict[str, Run]:
        """The runs that live. Time alone brings none to life: one that does not is asked again when it changes."""
        ended = self._ended
        version = runs.version if isinstance(runs, Runs) else None
        if version is not None and version == self._version:
            candidates = {key: runs[key] for key in self._alive}
        else:
            candidates = {key: run for key, run in runs.items() if ended.get(key) != run.version}
        live = {key: run for key, run in candidates.items() if run.state(now).name == "running"}
        ended |= {key: run.version for key, run in candidates.items() if key not in live}
        self._version, self._alive = version, list(live)
        return live

    def _look(self, key: str, run: Run, now: float, grew: float | None) -> None:
        watched = self._watched.get(key)
        if watched is None:
            for alert in still_open(run):
                self._board.restore(alert, now)
        track = watched.track if watched else RunTrack(self.thresholds)
        gpus = self._machine.gpus_of(key, track.told(self._machine.host, now))
        workers = self._machine.workers_of(key)
        here, memory, heard = self._machine.host, self._machine.memory, self._machine.reported
        evidence = track.look(run, now, gpus=gpus, workers=workers, grew=grew, host=here, memory=memory, heard=heard)
        if watched is None:
            self._watched[key] = _Watched(track, evidence)
        else:
            watched.evidence = evidence

    def _let_go(self, runs: Mapping[str, Run], live: Mapping[str, Run], now: float) -> None:
        """Note how runs ended that were alive before, and forget them after a while."""
        for key in list(self._watched.keys() - live.keys()):
            watched, run = self._watched[key], runs.get(key)
            if watched.evidence.left is None and run is not None:
                state = run.state(now)
                watched.evidence = watched.evidence._replace(state=state.name, reason=state.reason, left=now)
            elif run is None or now - (watched.evidence.left or now) > self.thresholds.event_seconds:
                del self._watched[key]
        if len(self._ended) > len(runs):
            self._ended = {key: version for key, version in self._ended.items() if key in runs}

    def _board_runs(self) -> set[str]:
        return {alert.run for alert in self._board.alerts if alert.run is not None}

    # -- which rules --------------------------------------------------------------------------------------------

    def _found(self, telemetry: Telemetry | None, unread: set[str], now: float) -> Iterator[Found]:
        evidence = [watched.evidence for key, watched in self._watched.items() if key not in unread]
        machine = None
        if telemetry is not None:
            working = {each.key: each.clock.advanced for each in evidence if each.clock.advanced is not None}
            machine = self._machine.evidence(telemetry, working)
            yield from self._on_machine(machine, now)
        for each in evidence:
            yield from self._on_run(each, machine, now)

    def _on_machine(self, machine: MachineEvidence, now: float) -> Iterator[Found]:
        for rule in self._machine_rules:
            for finding in rule.look(machine, self.thresholds, now):
                yield Found(rule.name, finding, rule.hold)
        for gpu in machine.gpus:
            yield from self._on_gpu(gpu, now)

    def _on_gpu(self, gpu: Gpu, now: float) -> Iterator[Found]:
        for rule in self._gpu_rules:
            for finding in rule.look(gpu, self.thresholds, now):
                yield Found(rule.name, finding, rule.hold)

    def _on_run(self, run: RunEvidence, machine: MachineEvidence | None, now: float) -> Iterator[Found]:
        rules = self._run_rules if run.left is None else self._last_rules
        for rule in () if is_calm_run(run, self.thresholds, now) else rules:
            for finding in rule.look(run, self.thresholds, now):
                yield Found(rule.name, finding, rule.hold, run.key)
        if run.left is None:
            for gpu in run.suspects:
                if machine is None or gpu.host != machine.host:
                    yield from self._on_gpu(gpu, now)
