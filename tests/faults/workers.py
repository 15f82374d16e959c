"""Workers: invocations that seem to run at the same time.

Each stops before every call to the outside, and goes on when it is released. So of all the ways in
which they can overtake each other any one can be had, and had again.
"""

from collections.abc import Callable
from threading import Semaphore, Thread, get_ident

from tests.faults.faults import Fault
from tests.faults.gates import Result


class Worker:
    """A thread that waits; it runs while nothing else does."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._go, self._stopped = Semaphore(0), Semaphore(0)
        self._fault: Fault | None = None
        self._error: BaseException | None = None
        self.is_done = False
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def ident(self) -> int | None:
        return self._thread.ident

    def go_on(self, fault: Fault | None = None) -> None:
        """Let it make the call before which it stands, and run to the next one or to its end."""
        self._fault = fault
        self._go.release()
        self._stopped.acquire()
        if self.is_done:
            self._thread.join()
        if self._error:
            raise self._error

    def stop_before(self, operation: str, call: Callable[[], Result]) -> Result:
        """Wait for the word, then make the call or let it fail."""
        self._stopped.release()
        self._go.acquire()
        if self._fault is None:
            return call()
        if self._fault.is_late:
            call()
        raise self._fault.error(operation)

    def _run(self) -> None:
        self._go.acquire()
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001  # it is raised where the worker was released
            self._error = error
        self.is_done = True
        self._stopped.release()


class Workers:
    """A gate before which the workers stop; calls of others pass."""

    def __init__(self) -> None:
        self.busy: list[Worker] = []

    def __call__(self, operation: str, call: Callable[[], Result]) -> Result:
        own = next((worker for worker in self.busy if worker.ident == get_ident()), None)
        return own.stop_before(operation, call) if own else call()

    def start(self, work: Callable[[], None]) -> None:
        """Have work done by a new worker, which stops before its first call."""
        worker = Worker(work)
        self.busy.append(worker)
        self.go_on(worker)

    def go_on(self, worker: Worker, fault: Fault | None = None) -> None:
        worker.go_on(fault)
        if worker.is_done:
            self.busy.remove(worker)
