"""Tables → figures, printed tables and reports. The only door of matplotlib."""
