"""The one error a user can cause."""


class RequestError(ValueError):
    """What was asked for cannot be done.

    The message is one line that names the object, the value and what is allowed;
    the command line prints it as it is and leaves with exit status 2.
    """
