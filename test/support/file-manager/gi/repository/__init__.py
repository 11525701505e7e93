"""The namespaces that the extension imports."""
