"""``make bench``: what Runwatch costs, beside the floor or the peers, measured in the same run."""
