"""What was read once is kept: columns and an index, which may be deleted at any time."""
