"""The lines of the sampler: one JSON object each, ``kind`` first. Text out, frozen values in.

``hello``   kind t host pid gpus[{index uuid name vendor bus_id minor instance parent_uuid memory_total power_limit
            temperature_slowdown driver cuda}]
``state``   kind t gpu why
``sample``  kind t host{} cores[] gpus[{index instance uuid name status values{} reasons[] processes[{pid memory sm
            kind name user command started cpu rss}]}] processes[{pid ppid name state run role cpu rss threads read
            write rank local_rank gpus[] via started command}] gaps[[uuid metric why]] events[[t uuid kind code]]

What is not known is left out. Reading is lenient: an unknown key is passed over, a key of the wrong type is taken as
absent, and a line that is no such object is None, so that a reader survives any other writer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

import orjson

from collectors.backend import Gap, GpuEvent, GpuInfo, GpuProcess, GpuSample
from collectors.samples import Hello, Line, ProcessSample, Sample, StateLine

T = TypeVar("T")
Json = Mapping[str, Any]


def encode(line: Line) -> bytes:
    """One line of JSON with its newline."""
    return orjson.dumps(_plain(line)) + b"\n"


def _plain(line: Line) -> dict[str, object]:
    match line:
        case Hello():
            gpus = [_known(info) for info in line.gpus]
            return {"kind": "hello", "t": line.time, "host": line.host, "pid": line.pid, "gpus": gpus}
        case StateLine():
            return {"kind": "state", "t": line.time, "gpu": line.gpu, **({"why": line.why} if line.why else {})}
        case Sample():
            return _plain_sample(line)


def _plain_sample(sample: Sample) -> dict[str, object]:
    plain: dict[str, object] = {"kind": "sample", "t": sample.time, "host": dict(sample.host)}
    if sample.cores:
        plain["cores"] = sample.cores
    plain["gpus"] = [_plain_gpu(gpu) for gpu in sample.gpus]
    plain["processes"] = [_known(process) for process in sample.processes]
    plain["gaps"] = [(gap.uuid, gap.metric, gap.why) for gap in sample.gaps]
    if sample.events:
        plain["events"] = [(event.time, event.uuid, event.kind, event.code) for event in sample.events]
    return plain


def _plain_gpu(gpu: GpuSample) -> dict[str, object]:
    plain = _known(gpu)
    plain["values"] = dict(gpu.values)
    if gpu.processes is not None:
        plain["processes"] = [_known(process) for process in gpu.processes]
    return plain


_FIELDS: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in (GpuInfo, GpuProcess, GpuSample, ProcessSample)
}


def _known(value: GpuInfo | GpuProcess | GpuSample | ProcessSample) -> dict[str, object]:
    """The fields of a value that are known."""
    named = ((name, getattr(value, name)) for name in _FIELDS[type(value)])
    return {name: item for name, item in named if item is not None and item != ()}


def decode(line: bytes | str) -> Line | None:
    """The value of a line, or None where it is none of ours; never raises."""
    try:
        plain = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(plain, dict):
        return None
    time = _float(plain.get("t"))
    if time is None:
        return None
    match plain.get("kind"):
        case "hello":
            gpus = _rows(plain.get("gpus"), _info)
            return Hello(time, _text(plain.get("host")) or "", _int(plain.get("pid")) or 0, gpus)
        case "state":
            return StateLine(time, _text(plain.get("gpu")) or "", _text(plain.get("why")) or "")
        case "sample":
            return _sample(time, plain)
        case _:
            return None


def _sample(time: float, plain: Json) -> Sample:
    return Sample(
        time,
        _numbers(plain.get("host")),
        tuple(core for item in _list(plain.get("cores")) if (core := _float(item)) is not None),
        _rows(plain.get("gpus"), _gpu),
        _rows(plain.get("processes"), _process),
        tuple(Gap(*row) for item in _list(plain.get("gaps")) if (row := _words(item, 3)) is not None),
        tuple(event for item in _list(plain.get("events")) if (event := _event(item)) is not None),
    )


def _info(plain: Json) -> GpuInfo | None:
    index, uuid = _int(plain.get("index")), _text(plain.get("uuid"))
    if index is None or uuid is None:
        return None
    return GpuInfo(
        index,
        uuid,
        _text(plain.get("name")) or "",
        vendor=_text(plain.get("vendor")) or "",
        bus_id=_text(plain.get("bus_id")),
        minor=_int(plain.get("minor")),
        instance=_int(plain.get("instance")),
        parent_uuid=_text(plain.get("parent_uuid")),
        memory_total=_int(plain.get("memory_total")),
        power_limit=_float(plain.get("power_limit")),
        temperature_slowdown=_float(plain.get("temperature_slowdown")),
        driver=_text(plain.get("driver")),
        cuda=_text(plain.get("cuda")),
    )


def _gpu(plain: Json) -> GpuSample | None:
    index, uuid = _int(plain.get("index")), _text(plain.get("uuid"))
    if index is None or uuid is None:
        return None
    return GpuSample(
        index,
        uuid,
        _text(plain.get("name")) or "",
        _text(plain.get("status")) or "ok",
        _numbers(plain.get("values")),
        _texts(plain.get("reasons")),
        _rows(plain["processes"], _gpu_process) if isinstance(plain.get("processes"), list) else None,
        _int(plain.get("instance")),
    )


def _gpu_process(plain: Json) -> GpuProcess | None:
    pid = _int(plain.get("pid"))
    if pid is None:
        return None
    return GpuProcess(
        pid,
        _int(plain.get("memory")),
        _float(plain.get("sm")),
        _text(plain.get("kind")) or "compute",
        _text(plain.get("name")),
        _text(plain.get("user")),
        _text(plain.get("command")),
        _float(plain.get("started")),
        _float(plain.get("cpu")),
        _int(plain.get("rss")),
    )


def _process(plain: Json) -> ProcessSample | None:
    pid, ppid, run = (_int(plain.get(key)) for key in ("pid", "ppid", "run"))
    if pid is None:
        return None
    return ProcessSample(
        pid,
        ppid or 0,
        _text(plain.get("name")) or "",
        _text(plain.get("state")) or "",
        pid if run is None else run,
        _text(plain.get("role")) or "other",
        _float(plain.get("cpu")),
        _int(plain.get("rss")),
        _int(plain.get("threads")),
        _float(plain.get("read")),
        _float(plain.get("write")),
        _int(plain.get("rank")),
        _int(plain.get("local_rank")),
        _texts(plain.get("gpus")),
        _text(plain.get("via")),
        _float(plain.get("started")),
        _text(plain.get("command")),
    )


def _event(item: object) -> GpuEvent | None:
    row = item if isinstance(item, list) and len(item) == 4 else [None] * 4
    time, words, code = _float(row[0]), _words(row[1:3], 2), _int(row[3])
    return None if time is None or words is None or code is None else GpuEvent(time, words[0], words[1], code)


def _rows(items: object, parse: Callable[[Json], T | None]) -> tuple[T, ...]:
    parsed = (parse(item) for item in _list(items) if isinstance(item, dict))
    return tuple(row for row in parsed if row is not None)


def _list(item: object) -> list[Any]:
    return item if isinstance(item, list) else []


def _words(item: object, count: int) -> tuple[str, ...] | None:
    words = [word for word in _list(item) if isinstance(word, str)]
    return tuple(words) if len(words) == count == len(_list(item)) else None


def _texts(item: object) -> tuple[str, ...]:
    return tuple(word for word in _list(item) if isinstance(word, str))


def _text(item: object) -> str | None:
    return item if isinstance(item, str) else None


def _int(item: object) -> int | None:
    return item if isinstance(item, int) and not isinstance(item, bool) else None


def _float(item: object) -> float | None:
    number = isinstance(item, (int, float)) and not isinstance(item, bool)
    return float(item) if number and math.isfinite(item) else None  # type: ignore[arg-type]


def _numbers(item: object) -> dict[str, float]:
    rows = item.items() if isinstance(item, dict) else ()
    return {key: number for key, value in rows if (number := _float(value)) is not None}
