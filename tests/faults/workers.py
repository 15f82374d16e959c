"""Workers: invocations that run as if at the same time.

Each worker stops before every call to AWS and continues when a test lets it. So a test can choose
any order of their calls, and repeat it.
"""

from collections.abc import Callable
from threading import Semaphore, Thread, get_ident

from tests.faults.faults import Fault
from tests.faults.gates import Result


class Worker:
    """A thread that waits; it runs while no other worker runs."""

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
        """Let it make the next call, and run up to the call after that or to its end."""
        self._fault = fault
        self._go.release()
        self._stopped.acquire()
        if self.is_done:
            self._thread.join()
        if self._error:
            raise self._error

    def stop_before(self, operation: str, call: Callable[[], Result]) -> Result:
        """Wait for permission, then make the call or fail."""
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
        except BaseException as error:  # noqa: BLE001  # `go_on` raises it
            self._error = error
        self.is_done = True
        self._stopped.release()


class Workers:
    """A gate at which the workers stop; calls of other threads pass."""

    def __init__(self) -> None:
        self.busy: list[Worker] = []

    def __call__(self, operation: str, call: Callable[[], Result]) -> Result:
        own = next((worker for worker in self.busy if worker.ident == get_ident()), None)
        return own.stop_before(operation, call) if own else call()

    def start(self, work: Callable[[], None]) -> None:
        """Start a new worker, which stops before its first call."""
        worker = Worker(work)
        self.busy.append(worker)
        self.go_on(worker)

    def go_on(self, worker: Worker, fault: Fault | None = None) -> None:
        worker.go_on(fault)
        if worker.is_done:
            self.busy.remove(worker)
