"""The window's widgets: they hear a session and know no workspace."""
