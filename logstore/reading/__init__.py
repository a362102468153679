"""Following the files of runs: bytes to rows, rows to columns, columns to frozen deltas."""
