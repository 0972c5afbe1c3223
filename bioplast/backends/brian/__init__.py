"""A Brian2 network made of a graph."""
