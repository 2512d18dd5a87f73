"""Probes: what happens inside a net while it is trained. They read, and change nothing."""
