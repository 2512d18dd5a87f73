"""Figures of a study, computed."""
