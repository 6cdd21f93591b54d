"""Text becomes a checked policy: composed into located nodes, held against a schema, then built."""
