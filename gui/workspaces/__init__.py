"""The workspaces, one module each: views put side by side, none knows another."""
