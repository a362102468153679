"""Charts that leave the screen: as SVG, PNG, CSV, or text drawn once. Knows no Textual."""
