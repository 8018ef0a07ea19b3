"""One module a format: ``write(content, stream)``. ``core.recording.convert`` lists them."""
