from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.backend import Gap, GpuEvent, GpuInfo, GpuProcess, GpuSample
from collectors.protocol import decode, encode
from collectors.samples import Hello, Line, ProcessSample, Sample, StateLine

number = st.floats(allow_nan=False, allow_infinity=False, width=32).map(float)
count = st.integers(0, 2**53)
word = st.text(max_size=8)
some = st.none() | count

infos = st.builds(
    GpuInfo, count, word, word, word, st.none() | word, some, some, st.none() | word, some, st.none() | number,
    st.none() | number, st.none() | word,
)  # fmt: skip
gpu_processes = st.builds(
    GpuProcess,
    count,
    some,
    st.none() | number,
    st.sampled_from(["compute", "graphics"]),
    st.none() | word,
    st.none() | word,
)
gpus = st.builds(
    GpuSample, count, word, word, st.sampled_from(["ok", "lost"]), st.dictionaries(word, number, max_size=3),
    st.lists(word, max_size=2).map(tuple), st.none() | st.lists(gpu_processes, max_size=2).map(tuple), some,
)  # fmt: skip
processes = st.builds(
    ProcessSample, count, count, word, word, count, st.sampled_from(["main", "worker"]), st.none() | number, some, some,
    st.none() | number, st.none() | number, some, some, st.lists(word, max_size=2).map(tuple), st.none() | word,
)  # fmt: skip
lines: st.SearchStrategy[Line] = st.one_of(
    st.builds(Hello, number, word, count, st.lists(infos, max_size=3).map(tuple)),
    st.builds(StateLine, number, word, word),
    st.builds(
        Sample, number, st.dictionaries(word, number, max_size=4), st.lists(number, max_size=3).map(tuple),
        st.lists(gpus, max_size=2).map(tuple), st.lists(processes, max_size=2).map(tuple),
        st.lists(st.builds(Gap, word, word, word), max_size=2).map(tuple),
        st.lists(st.builds(GpuEvent, number, word, word, count), max_size=2).map(tuple),
    ),
)  # fmt: skip


@given(lines)
def test_what_goes_out_comes_back(line: Line) -> None:
    text = encode(line)
    assert text.endswith(b"\n")
    assert text.count(b"\n") == 1
    assert decode(text) == line


def test_keys_of_a_sample() -> None:
    """The names that other programs rely on."""
    gpu = GpuSample(
        0, "GPU-1", "H100", values={"util": 97.0}, reasons=("sw_power_cap",), processes=(GpuProcess(1, 5, 95.0),)
    )
    process = ProcessSample(
        1, 0, "python", "R", 1, "main", cpu=99, rss=7, threads=2, rank=0, gpus=("GPU-1",), via="driver"
    )
    sample = Sample(1.5, {"cpu/percent": 38.1}, (50, 26.2), (gpu,), (process,), (Gap("GPU-1", "fan", "NotSupported"),))
    assert orjson.loads(encode(sample)) == {
        "kind": "sample",
        "t": 1.5,
        "host": {"cpu/percent": 38.1},
        "cores": [50, 26.2],
        "gpus": [
            {
                "index": 0,
                "uuid": "GPU-1",
                "name": "H100",
                "status": "ok",
                "values": {"util": 97},
                "reasons": ["sw_power_cap"],
                "processes": [{"pid": 1, "memory": 5, "sm": 95, "kind": "compute"}],
            }
        ],
        "processes": [
            {
                "pid": 1,
                "ppid": 0,
                "name": "python",
                "state": "R",
                "run": 1,
                "role": "main",
                "cpu": 99,
                "rss": 7,
                "threads": 2,
                "rank": 0,
                "gpus": ["GPU-1"],
                "via": "driver",
            }
        ],
        "gaps": [["GPU-1", "fan", "NotSupported"]],
    }


def test_hello_and_state() -> None:
    hello = Hello(1.0, "box", 5, (GpuInfo(0, "GPU-1", "H100", minor=3),))
    assert orjson.loads(encode(hello)) == {
        "kind": "hello",
        "t": 1.0,
        "host": "box",
        "pid": 5,
        "gpus": [{"index": 0, "uuid": "GPU-1", "name": "H100", "vendor": "nvidia", "minor": 3}],
    }
    state = StateLine(1.0, "unavailable", "Driver Not Loaded")
    assert orjson.loads(encode(state)) == {"kind": "state", "t": 1.0, "gpu": "unavailable", "why": "Driver Not Loaded"}


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"kind":"sample"}', b'{"kind":"x","t":1}', b'{"kind":[],"t":1}'],
)
def test_what_is_no_line_of_ours_is_none(line: bytes) -> None:
    assert decode(line) is None


@given(st.binary(max_size=60))
def test_any_bytes_never_raise(line: bytes) -> None:
    decode(line)


json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KEYS = (
    "host",
    "cores",
    "gpus",
    "processes",
    "gaps",
    "events",
    "pid",
    "gpu",
    "why",
    "index",
    "uuid",
    "values",
    "reasons",
)


@given(st.sampled_from(["hello", "sample", "state"]), st.dictionaries(st.sampled_from(KEYS), json, max_size=6))
def test_any_values_never_raise_and_odd_ones_are_absent(kind: str, plain: dict[str, object]) -> None:
    line = decode(orjson.dumps({"kind": kind, "t": 1.0, **plain}))
    assert line is not None
    assert decode(encode(line)) == line


def test_rows_of_the_wrong_shape_are_left_out() -> None:
    text = (
        '{"kind":"sample","t":1,"host":{"a":1,"b":"x","c":null,"d":true},"gpus":[1,{"index":0},{"index":0,"uuid":"u"}]}'
    )
    sample = decode(text)
    assert isinstance(sample, Sample)
    assert sample.host == {"a": 1}
    assert [gpu.uuid for gpu in sample.gpus] == ["u"]
    assert sample.gpus[0].processes is None
