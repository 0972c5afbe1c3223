"""How Sphinx makes the documentation; ``make docs`` calls it."""

import os
import shutil
import sys
from pathlib import Path

import bioplast

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))
# Notebooks say `!bioplast` and mean that of this Python; programs that they compile are kept.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
os.environ["COLUMNS"] = "80"
# Kernels have a profile of their own: nobody's settings, and `!` gives what a program prints to a file.
IPYTHON = HERE / "_build" / "ipython"
shutil.copytree(HERE / "_ext" / "ipython", IPYTHON, dirs_exist_ok=True)
os.environ["IPYTHONDIR"] = str(IPYTHON)

project = "bioplast"
author = "the bioplast authors"
project_copyright = "the bioplast authors"
version = release = bioplast.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "docstrings",
    "gallery",
    "mathml",
]
exclude_patterns = ["_build", "_ext", "examples", "gallery/README.md"]
nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]  # annotations name what other libraries document

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
myst_links_external_new_tab = True

# Each notebook runs in an empty folder, anew where it or the library has changed.
nb_execution_mode = "cache"
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_class_signature = "mixed"
toc_object_entries_show_parents = "hide"
napoleon_use_ivar = True
napoleon_use_rtype = False
python_maximum_signature_line_length = 88

html_math_renderer = "mathml"
html_theme = "pydata_sphinx_theme"
html_title = "bioplast"
html_static_path = ["_static"]
html_css_files = ["bioplast.css"]
html_favicon = "_static/logo.svg"
html_copy_source = False
html_show_sourcelink = False
html_sidebars = {"index": [], "gallery/index": []}
html_theme_options = {
    "logo": {"text": "bioplast", "image_light": "_static/logo.svg", "image_dark": "_static/logo.svg"},
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "navigation_with_keys": False,
    "show_prev_next": True,
    "show_toc_level": 2,
    "secondary_sidebar_items": {"**": ["page-toc"], "index": [], "gallery/index": []},
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "tango",
    "pygments_dark_style": "monokai",
}
