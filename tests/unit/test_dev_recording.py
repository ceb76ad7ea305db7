import asyncio
from pathlib import Path

import msgspec
import pytest

from workbench.dev.recording import Recording, from_start, read, thinned, write
from workbench.dev.replay import ReplayBench
from workbench.errors import InputError
from workbench.insight.live import Live
from workbench.model.events import Event
from workbench.model.frame import Frame

FRAMES = Path(__file__).parents[1] / "ui" / "frames"


@pytest.mark.parametrize("name", ["busy", "done", "failures"])
def test_a_recording_is_small_and_holds_all_of_its_last_frame(name: str) -> None:
    path = FRAMES / f"{name}.jsonl"
    assert path.stat().st_size < 60_000
    recording = read(path)
    last = recording.frames[-1]
    assert sum(last.latency.values()) == last.delivered - last.warm_up
    assert last.sent == last.rejected + last.delivered + last.failed + last.in_flight
    assert recording.ended == (name != "busy")


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    recording = read(FRAMES / "failures.jsonl")
    write(tmp_path / "again.jsonl", recording)
    assert read(tmp_path / "again.jsonl") == recording


def test_times_count_from_the_start_of_the_run() -> None:
    frames = [Frame("r", 105.0 + tick, 105.0, "sending", 9, measured_from=105.5) for tick in range(3)]
    shifted, events = from_start(frames, [Event(1106.0, "note", "info")], wall_offset=1000.0)
    assert [(frame.at, frame.started_at, frame.measured_from) for frame in shifted] == [
        (0.0, 0.0, 0.5), (1.0, 0.0, 0.5), (2.0, 0.0, 0.5),
    ]  # fmt: skip
    assert [event.at for event in events] == [1.0]


def test_thinning_keeps_changes_of_state_and_the_end() -> None:
    frames = [Frame("r", tick / 10, 0.0, "paused" if tick == 3 else "sending", 9) for tick in range(10)]
    frames.append(msgspec.structs.replace(frames[-1], at=0.95, state="done"))
    assert [frame.at for frame in thinned(frames, 0.35, None)] == [0.0, 0.3, 0.4, 0.8, 0.95]
    assert [frame.at for frame in thinned(frames, 0.35, 0.5)] == [0.0, 0.3, 0.4]


def test_a_file_that_is_no_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_text('{"type": "something"}\n')
    (tmp_path / "b").write_text("")
    for name in ("a", "b", "missing"):
        with pytest.raises(InputError):
            read(tmp_path / name)


def fast(name: str) -> Recording:
    """The recording at a thousand times its speed."""
    recording = read(FRAMES / f"{name}.jsonl")
    frames = [
        msgspec.structs.replace(f, at=f.at / 1000, measured_from=f.measured_from / 1000)
        for f in recording.frames
    ]
    return msgspec.structs.replace(recording, frames=tuple(frames))


async def test_a_replay_tells_what_the_run_told() -> None:
    recording, events, live = fast("failures"), list[Event](), Live()
    bench = ReplayBench(recording, events.append)
    await bench.open()
    assert [event.kind for event in events] == ["cluster ready", "run started"]
    report = await bench.run(recording.head.scenario, live.feed)
    assert [event.kind for event in events] == ["cluster ready", "run started", "run done", "verified"]
    assert live.insight is not None
    assert live.insight.ended
    assert report.ledger.failed == live.insight.frame.failed > 0


async def test_a_recording_cut_in_the_middle_stays_there_until_it_is_stopped() -> None:
    recording, frames, all_told = fast("busy"), list[Frame](), asyncio.Event()

    def on_frame(frame: Frame) -> None:
        frames.append(frame)
        if len(frames) == len(recording.frames):
            all_told.set()

    bench = ReplayBench(recording, lambda _event: None)
    await bench.open()
    run = asyncio.create_task(bench.run(recording.head.scenario, on_frame))
    await all_told.wait()
    assert not run.done()
    await bench.stop()
    assert (await run).state == "sending"
