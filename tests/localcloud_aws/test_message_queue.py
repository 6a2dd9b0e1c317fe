"""The queue behind SQS against a plain model of it, whatever is done in whatever order."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.sqs.exceptions import ReceiptHandleIsInvalid

from surgeproof.localcloud.server import message_queue
from surgeproof.localcloud.server.launch_time import LaunchTime
from surgeproof.localcloud.server.message_queue import LaunchMessage, LaunchQueue

VISIBILITY = 30


class SetTime(LaunchTime):
    """Time that a test moves by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def elapsed(self) -> float:
        return self.now

    def date(self) -> float:
        return self.now


@pytest.fixture(autouse=True, scope="module")
def clock():
    """Time by hand in this process, whose queues no server uses."""
    before, message_queue.CLOCK = message_queue.CLOCK, SetTime()
    yield message_queue.CLOCK
    message_queue.CLOCK = before


def new_message(name: str) -> LaunchMessage:
    kind: Any = LaunchMessage
    return kind(name, "body")


def new_queue() -> LaunchQueue:
    kind: Any = LaunchQueue
    return kind("orders", "eu-west-3", "123456789012")


@dataclass
class Modelled:
    """One message as the model has it."""

    hidden_until: float
    receives: int = 0
    handle: str = ""


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.sampled_from([0, 0, 7])),
        st.tuples(st.just("receive"), st.integers(1, 10)),
        st.tuples(st.just("delete"), st.integers(0, 20)),
        st.tuples(st.just("change"), st.sampled_from([0, 5, 90])),
        st.tuples(st.just("wait"), st.sampled_from([1, 6, 31, 200])),
    ),
    max_size=60,
)


@given(ACTIONS)
def test_no_message_is_lost_doubled_or_seen_while_hidden(actions):
    clock = message_queue.CLOCK
    assert isinstance(clock, SetTime)
    queue, model = new_queue(), dict[str, Modelled]()
    deleted = 0
    for number, (action, amount) in enumerate(actions):
        match action:
            case "send":
                message = new_message(str(number))
                message.delayed_until = (clock.now + amount) * 1000 if amount else 0.0
                queue.add_message(message)
                model[message.id] = Modelled(hidden_until=clock.now + amount)
            case "receive":
                free = [name for name, one in model.items() if one.hidden_until <= clock.now]
                taken = queue.take(amount, 0, VISIBILITY)
                assert len(taken) == min(amount, len(free))
                assert {message.id for message in taken} <= set(free)
                for message in taken:
                    one = model[message.id]
                    one.hidden_until, one.handle = clock.now + VISIBILITY, message.receipt_handle or ""
                    one.receives += 1
                    assert message.approximate_receive_count == one.receives
            case "delete":
                known = [(name, one.handle) for name, one in model.items() if one.handle]
                if known:
                    name, handle = known[amount % len(known)]
                    queue.delete_message(handle)
                    queue.delete_message(handle)
                    del model[name]
                    deleted += 1
            case "change":
                flying = [one for one in model.values() if one.handle and one.hidden_until > clock.now]
                if flying:
                    queue.change_visibility(flying[0].handle, amount)
                    flying[0].hidden_until = clock.now + amount
            case _:
                clock.now += amount
        places = queue.places()
        assert sum(places.values()) == len(model)
        assert places["ready"] == sum(one.hidden_until <= clock.now for one in model.values())
    assert (queue.deleted, queue.sent) == (deleted, sum(action == "send" for action, _ in actions))


def test_a_handle_that_never_was_is_refused():
    with pytest.raises(ReceiptHandleIsInvalid):
        new_queue().delete_message("nonsense")


def test_a_message_that_is_received_again_and_again_does_not_count_as_the_oldest():
    clock = message_queue.CLOCK
    assert isinstance(clock, SetTime)
    queue = new_queue()
    queue.add_message(new_message("poison"))
    clock.now += 100
    queue.add_message(new_message("young"))
    clock.now += 10
    assert queue.oldest_age() == pytest.approx(110)
    for _ in range(4):
        handles = {message.id: message.receipt_handle for message in queue.take(10, 0, VISIBILITY)}
        queue.change_visibility(handles["poison"] or "", 0)
    assert queue.oldest_age() == pytest.approx(10)


@given(st.floats(0.5, 200), st.floats(0, 1e5))
def test_launch_time_never_jumps_back_and_dates_follow_the_launch(speed, start):
    time_of_server = LaunchTime()
    before = time_of_server.elapsed()
    time_of_server.follow(speed=speed, started_at=0.0, curve_start=start)
    assert 0 <= time_of_server.elapsed() - before < 1 + speed
    assert time_of_server.real(speed) == pytest.approx(1.0)
    assert time_of_server.date_of(time_of_server.elapsed()) == pytest.approx(time_of_server.date(), abs=speed)
