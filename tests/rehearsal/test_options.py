"""Options that can't be are refused before anything starts."""

import pytest

from surgeproof.cli.loadtest import loadtest_command
from surgeproof.cli.rehearse import rehearse_command
from surgeproof.launch.seed import DEFAULT_SEED
from surgeproof.load.run_config import RunConfig
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


def test_all_ways_to_a_run_begin_with_the_same_seed() -> None:
    """Locust's own command line too: tests/load/test_locust_exit_codes.py."""
    of_commands = [
        next(option.default for option in command.params if option.name == "seed")
        for command in (rehearse_command, loadtest_command)
    ]
    begun_with = [*of_commands, RunOptions().seed, RunConfig.model_fields["seed"].default]
    assert begun_with == [DEFAULT_SEED] * 4
