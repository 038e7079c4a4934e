"""How often one caller may call: a bucket of requests for each, that fills again steadily."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_CALLERS = 1000  # remembered at a time: those who called last


class Pace:
    """At most `burst` requests at once, and `per_second` in the long run, for each caller of this process."""

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # caller -> requests left, as of when
        self._lock = threading.Lock()

    def wait_of(self, caller: str) -> int:
        """Count one request; 0 where it may pass, else the seconds to wait."""
        now = self._clock()
        with self._lock:
            left, then = self._left.pop(caller, (float(self._burst), now))
            left = min(float(self._burst), left + (now - then) * self._per_second)
            passes = left >= 1
            self._left[caller] = (left - 1 if passes else left), now
            if len(self._left) > _MOST_CALLERS:
                self._left.popitem(last=False)
        return 0 if passes else math.ceil((1 - left) / self._per_second)
