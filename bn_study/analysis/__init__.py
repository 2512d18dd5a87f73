"""Records → tables, intervals and comparisons. The only door of pandas and scipy."""
