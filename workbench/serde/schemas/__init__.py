"""Schemas from files, one module a language; each makes bytes of JSON text, and JSON of bytes."""
