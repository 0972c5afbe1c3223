"""The table of protocols: name to class. A new protocol is a new file and a row here."""

from bioplast.errors import RequestError
from bioplast.training.paper import Paper
from bioplast.training.protocol import TrainingProtocol
from bioplast.training.standard import Standard

PROTOCOLS: dict[str, type[TrainingProtocol]] = {protocol.name: protocol for protocol in (Standard, Paper)}


def check_protocol(name: str) -> None:
    """Raise ``RequestError`` if there is no protocol of that name."""
    if name not in PROTOCOLS:
        raise RequestError(f"protocol: no protocol {name!r}; there are {', '.join(PROTOCOLS)}")
