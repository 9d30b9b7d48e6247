"""Dossiers: an application with its documents as one file, packed here and opened as a draft elsewhere."""
