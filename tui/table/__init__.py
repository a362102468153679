"""The run table without a screen: columns, cells, order, filter and layout as pure values. Knows no Textual."""
