"""Options that can't be are refused before anything starts."""

import pytest

from surgeproof.rehearsal.errors import RehearsalError
from surgeproof.rehearsal.options import LoadTestOptions, RehearsalOptions, RunOptions


@pytest.mark.parametrize("scale", [0.0, -1.0, 1.5, float("nan")])
def test_scale_is_a_share(scale: float) -> None:
    with pytest.raises(RehearsalError, match=r"--scale: .* above 0, up to 1"):
        RunOptions(scale=scale)


@pytest.mark.parametrize("speed", [0.0, 0.5, 121.0, float("nan")])
def test_speed_has_a_range(speed: float) -> None:
    with pytest.raises(RehearsalError, match=r"--speed: .* 1 to 120"):
        RehearsalOptions(speed=speed)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_port_is_a_port(port: int) -> None:
    with pytest.raises(RehearsalError, match="--port"):
        RehearsalOptions(port=port)


def test_seed_is_not_negative() -> None:
    with pytest.raises(RehearsalError, match="--seed"):
        RunOptions(seed=-1)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan")])
def test_max_rate_is_a_rate(rate: float) -> None:
    with pytest.raises(RehearsalError, match=r"--max-rate: .*above 0"):
        LoadTestOptions(max_rate=rate)


def test_defaults() -> None:
    options = RehearsalOptions()
    assert (options.stack, options.speed, options.scale) == ("production", 30.0, 1.0)
