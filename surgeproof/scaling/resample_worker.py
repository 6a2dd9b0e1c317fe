"""One process of ``resample``: reads its job from standard input, answers each replay on standard output."""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
import threading

from surgeproof.errors import SurgeproofError
from surgeproof.scaling.replay import replay

_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """End when the parent ends: by the kernel's signal on Linux, by the closed pipe everywhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(os.environ["SURGEPROOF_PARENT"]):
        os._exit(1)


def _watch_input() -> None:
    # The parent writes nothing after the job: input ends when the parent does.
    sys.stdin.buffer.read(1)
    os._exit(1)


def main() -> int:
    """Do one job."""
    _die_with_parent()
    out = sys.stdout.buffer
    inputs, share, speed, scale = pickle.load(sys.stdin.buffer)  # noqa: S301 from our own parent
    threading.Thread(target=_watch_input, daemon=True).start()
    for place, seed in share:
        try:
            result = replay(inputs, seed=seed, speed=speed, scale=scale)
            answer: object = (place, [histogram.model_dump() for histogram in result])
        except SurgeproofError as error:
            answer = error
        pickle.dump(answer, out)
        out.flush()
    return 0


if __name__ == "__main__":
    # Ends at once: the thread that waits for input holds the input's lock, which a tidy exit would want.
    os._exit(main())
