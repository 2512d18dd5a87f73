"""What slides are still written from, until they are written from panels."""
