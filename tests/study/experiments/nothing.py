"""An experiment without runs."""
