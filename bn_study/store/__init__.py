"""What came out, on disk: records, run folders, the environment."""
