"""Where task_struct keeps its members in a real kernel, and where a guard's field would go."""
