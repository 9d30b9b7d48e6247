"""Everything that an authority owns, as documented files (docs/export.md)."""
