"""How Sphinx makes the site. `make site` runs it over build/site/source, which scripts/web/build.py lays out."""

import sys
from html import escape, unescape
from pathlib import Path
from textwrap import shorten

from docutils import nodes

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.web.address import repository, site_address  # noqa: E402
from scripts.web.mathjax import SCRIPT  # noqa: E402
from scripts.web.roles import setup_roles  # noqa: E402

project = "Wasserstein GANs"
author = "the authors of wgan-tutorial"
language = "en"
extensions = ["myst_nb", "sphinx_design", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["code", "generated", "**_student.ipynb"]

nb_execution_mode = "off"
nb_ipywidgets_js = {}  # else every page of a notebook asks two other hosts for code
nb_merge_streams = True
nb_render_markdown_format = "myst"  # else a table that a cell returns as Markdown shows its pipes
myst_enable_extensions = ["amsmath", "dollarmath", "colon_fence", "attrs_inline", "deflist", "html_image"]
myst_heading_anchors = 3
myst_all_links_external = False

mathjax_path = f"mathjax/{SCRIPT}"
# The menu would load its further parts from where they are not.
mathjax3_config = {"options": {"enableMenu": False}, "chtml": {"matchFontHeight": False, "scale": 1.1}}

default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88
napoleon_numpy_docstring = False
add_module_names = False

html_theme = "pydata_sphinx_theme"
html_title = "Wasserstein GANs"
html_baseurl = site_address() or ""
html_static_path = [str(ROOT / "build" / "site" / "source" / "_static")]
html_favicon = "static/favicon.svg"
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_domain_indices = False  # of no use beside the rooms, and unreadable in the dark
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    **({"github_url": repository()} if repository() else {}),
    "header_links_before_dropdown": 6,
    "show_toc_level": 1,
    "navigation_with_keys": True,
    "show_nav_level": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_start": ["copyright"],
    "footer_end": [],
    "navbar_persistent": ["search-button"],
    "secondary_sidebar_items": ["page-toc"],
}
html_context = {"default_mode": "auto"}
html_sidebars = {"*": [], "lessons/**": ["sidebar-nav-bs"], "api/*": ["sidebar-nav-bs"]}
copyright = "the authors. Code and texts: MIT licence"


def setup(app):
    """Add what the pages need beyond Sphinx."""
    setup_roles(app)
    app.connect("autodoc-process-docstring", escape_bars)

    app.connect("doctree-read", describe_figures)
    app.connect("html-page-context", describe_page)


def describe_page(app, pagename, templatename, context, doctree):
    """Describe each page by its first paragraph, and by a picture once the site's address is known."""
    texts = [paragraph.astext() for paragraph in doctree.findall(nodes.paragraph)] if doctree else []
    text = next((" ".join(text.split()) for text in texts if len(text) > 60), "")
    if not text:
        return
    said = {"description": shorten(text, 200, placeholder=" …")}
    pictures = {"explorer": "explorer/card.png", "playground": "playground/card.png"}
    if home := site_address():
        stem = Path(pagename).name
        own = f"gallery/{stem}.png" if (ROOT / "assets" / f"{stem}.gif").exists() else "gallery/04_wgan_gp_digits.png"
        said["og:image"] = f"{home}_static/{pictures.get(pagename, own)}"
        said["og:url"] = f"{home}{pagename}.html"
    said |= {"og:title": unescape(context["title"]), "og:description": said["description"], "og:type": "website"}
    tags = [
        f'<meta {"property" if ":" in name else "name"}="{name}" content="{escape(value)}">'
        for name, value in said.items()
    ]
    context["metatags"] = context.get("metatags", "") + "\n".join(tags)


def describe_figures(app, doctree):
    """Give each figure its caption as alternative text."""
    for figure in doctree.findall(nodes.figure):
        captions = [caption.astext() for caption in figure.findall(nodes.caption)]
        for image in figure.findall(nodes.image):
            image.setdefault("alt", " ".join(captions))


def escape_bars(app, what, name, thing, options, lines):
    """Keep |x|, an absolute value, from being read as a substitution."""
    lines[:] = [line.replace("|", r"\|") for line in lines]
