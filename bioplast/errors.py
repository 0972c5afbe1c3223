"""The errors that reach a user as one line, without a traceback."""


class RequestError(ValueError):
    """What was asked for cannot be done.

    The message is one line that names the object, the value and what is allowed;
    the command line prints it as it is and leaves with exit status 2.
    """


class MissingDataError(RequestError):
    """Data that come from elsewhere are not on this machine; the message says how to get them."""


class MachineError(RuntimeError):
    """The machine could not do what was asked for: a disk is full, a compiler fails.

    The message is one line; the command line prints it and leaves with exit status 1.
    """


class IncompleteStudyError(RuntimeError):
    """Some runs of a study failed; the rest is done and drawn.

    The message says how many and why; the command line prints it and leaves with exit status 1.
    """
