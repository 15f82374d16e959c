"""Parses the input of the rebuild state machine, whose models only one function loads."""

from pydantic import TypeAdapter

from gazette.models.tasks.reconciliation import Task
from gazette.runtime.triggers import Event

_TASK: TypeAdapter[Task] = TypeAdapter(Task)


def read_task(event: Event) -> Task:
    """Read a task of the rebuild state machine.

    Raises:
        ValidationError: it is not a task of a reconciliation.
    """
    return _TASK.validate_python(event)
