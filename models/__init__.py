"""The networks of the study, one file each; installed as ``bioplast.models``."""
