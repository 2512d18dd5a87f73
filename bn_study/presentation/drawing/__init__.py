"""Figures drawn. The only door of matplotlib."""
