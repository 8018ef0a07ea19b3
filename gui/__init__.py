"""The window. It reads the engine and never the other way round."""
