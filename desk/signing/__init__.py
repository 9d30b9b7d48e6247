"""The signing desk: what is to be signed, its bytes, and signing, declining and trying again."""
