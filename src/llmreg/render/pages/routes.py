"""The pages that belong to no single subject, by path."""

from __future__ import annotations

from llmreg.render.pages.changes import changes_page
from llmreg.render.pages.engine import asset, asset_names
from llmreg.render.pages.graph import graph_page
from llmreg.render.pages.links import ASSETS, CHANGES, GRAPH, OVERVIEW
from llmreg.render.pages.overview import overview_page
from llmreg.render.pages.searchfile import file_names, search_file
from llmreg.render.pages.site import Site

_PAGES = {OVERVIEW: overview_page, GRAPH: graph_page, CHANGES: changes_page}


def general_paths(site: Site) -> list[str]:
    return [*_PAGES, *(ASSETS + name for name in asset_names()), *file_names(site.index.info.subjects)]


def general_page(site: Site, path: str) -> bytes | None:
    """None for a path of a subject, or of nothing."""
    if path in _PAGES:
        return _PAGES[path](site)
    if not path.startswith(ASSETS):
        return None
    if path in file_names(site.index.info.subjects):
        return search_file(site.lines, path)
    return asset(path.removeprefix(ASSETS))
