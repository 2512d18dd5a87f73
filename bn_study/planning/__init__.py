"""Study → points: expansion, identity, named seeds."""
