"""An authority's way of handling the kinds of case: bodies, offices, clocks, fees. Data, never a state.

Some versions are shipped with the software (`shipped/*.toml`), others are loaded into the database and never
changed. A case keeps the version under which it was opened.
"""

from authorisation.procedures.held import loaded
from authorisation.procedures.shape import Procedure
from authorisation.procedures.shipped import SHIPPED

__all__ = ["BUILT_IN", "DEFAULT", "SHIPPED", "Procedure", "UnknownProcedure", "procedure"]


class UnknownProcedure(LookupError):
    """A case names a version of a procedure that this installation does not hold."""


# What held before procedures were files, for cases that were opened under it.
BUILT_IN = SHIPPED["built-in/1"]

# For a Party that has given itself no procedure.
DEFAULT = SHIPPED["default/1"]


def procedure(version: str) -> Procedure:
    """The procedure of this version, under which a case stays to its end (UnknownProcedure)."""
    found = SHIPPED.get(version) or loaded(version)
    if found is None:
        raise UnknownProcedure(version)
    return found
