"""Letters: kinds, numbers, content, rendering, signing, storage and verification."""
