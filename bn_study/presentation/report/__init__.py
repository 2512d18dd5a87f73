"""The report of a study: findings, page, index, terminal. The only door of jinja2."""
