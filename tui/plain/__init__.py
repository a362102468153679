"""What the commands print, and which store they mean: plain tables and JSON, never a screen."""
