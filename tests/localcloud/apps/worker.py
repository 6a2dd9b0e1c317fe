"""A worker that does nothing, and ends well on SIGTERM."""

import signal
import sys
import threading

end = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: end.set())
end.wait()
sys.exit(0)
