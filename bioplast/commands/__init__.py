"""What ``bioplast`` can be told to do: learn, carry out experiments, look at results."""
