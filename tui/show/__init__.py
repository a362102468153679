"""What things look like as text: numbers, moments, values, colours of runs, lines with roles. Pure."""
