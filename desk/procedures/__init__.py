"""The procedures of the authorities, for everybody to read: drawn, as tables, with what is assumed."""
