"""What is said of a study, as text: numbers, labels, captions, verdicts, tables."""
