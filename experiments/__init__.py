"""The figures of the study, one file each; installed as ``bioplast.experiments``."""
