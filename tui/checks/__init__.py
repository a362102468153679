"""What ``tui doctor`` looks at. Each check is a function that returns findings about what comes in as parameters."""
