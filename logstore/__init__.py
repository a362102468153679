"""What a run is on disk: writing it, following it, asking it questions."""
