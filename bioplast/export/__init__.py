"""Results on their way to other tools: a file a format, each of which needs its own library, if any."""
