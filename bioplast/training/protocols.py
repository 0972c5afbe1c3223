"""The table of protocols: name to class. A new protocol is a new file and a row here."""

from bioplast.errors import RequestError
from bioplast.spelling import list_known
from bioplast.tasks import Task
from bioplast.training.endless import Endless, is_endless
from bioplast.training.paper import Paper
from bioplast.training.protocol import TrainingProtocol
from bioplast.training.standard import Standard

PROTOCOLS: dict[str, type[TrainingProtocol]] = {
    protocol.name: protocol for protocol in (Standard, Paper, Endless)
}


def check_protocol(name: str) -> None:
    """Raise ``RequestError`` if there is no protocol of that name."""
    if name not in PROTOCOLS:
        raise RequestError(f"protocol: no protocol {name!r}; {list_known(name, PROTOCOLS)}")


def find_protocol(name: str, task: Task) -> type[TrainingProtocol]:
    """The protocol called ``name``, as far as ``task`` allows: the standard of endless tasks is ``endless``.

    Raises
    ------
    RequestError : the task's trials have an end and the protocol needs them endless, or the reverse
    """
    endless = is_endless(task)
    if endless and name == Standard.name:
        return Endless
    if endless != (name == Endless.name):
        fitting = [Endless.name] if endless else [one for one in PROTOCOLS if one != Endless.name]
        kind = "endless" if endless else "a fixed set"
        raise RequestError(
            f"protocol: the trials of {task.name} are {kind}, learned by {' or '.join(fitting)}, got {name!r}"
        )
    return PROTOCOLS[name]
