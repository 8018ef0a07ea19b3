"""Several runs of one scenario side by side: lanes that move together until they part."""
