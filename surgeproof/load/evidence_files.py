"""The files of a load run: result.json, samples.npz, and one HdrHistogram log a step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from hdrh.histogram import HdrHistogram

from surgeproof.launch.records import LoadResult
from surgeproof.load.collector import Collector
from surgeproof.load.share import RunSettings
from surgeproof.load.tally import ALL_STEPS, Key

RESULT = "result.json"
SAMPLES = "samples.npz"


def write_whole(path: Path, content: str) -> None:
    """Write a file that nobody sees half-written."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(content, encoding="utf-8")
    part.replace(path)


def write_evidence(collector: Collector, folder: Path, *, aborted_by: str | None) -> LoadResult:
    """Write all files of a run; ``result.json`` last, so that who sees it sees all."""
    histograms = collector.tally.histograms()
    result = collector.result(histograms, aborted_by=aborted_by)
    write_samples(collector, folder)
    write_logs(histograms, folder, collector.schedule.settings)
    write_whole(folder / RESULT, result.model_dump_json(indent=1))
    return result


def write_samples(collector: Collector, folder: Path) -> None:
    """Keys: ``samples`` (``SAMPLE_DTYPE``), and the names behind its indexes, ``steps`` and ``journeys``."""
    part = folder / f".part.{SAMPLES}"
    np.savez_compressed(
        part,
        samples=collector.samples(),
        steps=np.array([step.name for step in collector.steps]),
        journeys=np.array(collector.schedule.settings.journeys),
    )
    part.replace(folder / SAMPLES)


def write_logs(histograms: Mapping[Key, HdrHistogram], folder: Path, settings: RunSettings) -> None:
    """One ``<step>.hlog`` (HdrHistogram log format 1.2): a line a phase and kind, tagged ``phase/kind``.

    Times are real seconds since the start of the curve, values are microseconds, the maximum is in milliseconds.
    """
    bounds = {phase.name: phase for phase in settings.phases}
    logs: dict[str, list[str]] = {}
    for key, histogram in sorted(histograms.items(), key=lambda item: (bounds[item[0].phase].start, item[0])):
        phase = bounds[key.phase]
        start, length = phase.start / settings.speed, (phase.end - phase.start) / settings.speed
        tag = re.sub(r"[,\s]", "_", f"{key.phase}/{key.kind}")
        encoded = histogram.encode().decode("ascii")
        line = f"Tag={tag},{start:.3f},{length:.3f},{histogram.get_max_value() / 1000:.3f},{encoded}"
        logs.setdefault(key.step, []).append(line)
    names = log_names(logs)
    for step, lines in logs.items():
        head = [
            f"#[Latency of {'all steps' if step == ALL_STEPS else step}, microseconds; tags are phase/kind]",
            "#[Histogram log format version 1.2]",
            '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
        ]
        write_whole(folder / f"{names[step]}.hlog", "\n".join([*head, *lines]) + "\n")


def log_names(steps: Iterable[str]) -> dict[str, str]:
    """A file's name for each step, ``all`` for all together; steps that would share one are numbered."""
    names: dict[str, str] = {}
    for step in sorted(steps, key=lambda step: (step != ALL_STEPS, step)):
        name = plain = "all" if step == ALL_STEPS else re.sub(r"[^A-Za-z0-9._-]", "_", step)
        number = 1
        while name in names.values():
            number += 1
            name = f"{plain}-{number}"
        names[step] = name
    return names
