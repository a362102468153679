"""What is known of one run, or of several side by side, as rows and lines. Pure."""
