"""Slides that PowerPoint can edit. The only door of python-pptx."""
