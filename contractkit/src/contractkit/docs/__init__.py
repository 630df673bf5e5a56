"""Documentation pages: one self-contained HTML file per document, with links between them."""
