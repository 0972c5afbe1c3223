"""``python -m bioplast``: the command without its script."""

import sys

from bioplast.cli import main

sys.exit(main())
