"""A signal that asks for the end is never lost."""

from __future__ import annotations

import subprocess
import sys

# The thread takes the signal itself, once the main thread waits: that wait is not interrupted.
SCRIPT = """
import os, signal, sys, threading
from mailbot.schedule import stop_on_signals, wait_for_end

def take_the_signal():
    while sys._current_frames()[threading.main_thread().ident].f_code.co_name != "wait":
        pass
    for _ in range(1000):  # let the main thread get on, into the wait itself
        os.sched_yield()
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

stop = threading.Event()
stop_on_signals(stop)
threading.Thread(target=take_the_signal, daemon=True).start()
wait_for_end(stop)
print("ended")
"""


def test_a_signal_that_another_thread_takes_ends_the_wait() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "ended\n"), done.stderr
