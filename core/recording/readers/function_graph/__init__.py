"""Text of ftrace's function_graph tracer."""
