"""Puts empty signature fields into a letter, tagged, before the first signature.

A field that pyHanko makes by itself stands outside the tag tree and breaks PDF/UA; these do not. The last
field locks the whole file: after its signature nothing can be added.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Pdf, String

# Annotation flags: 3 = printed, 8 = locked in its place.
_PRINTED_AND_LOCKED = 0b10000100
_SIGNATURES_EXIST_AND_APPEND_ONLY = 3
_NO_CHANGES = 1


@dataclass(frozen=True, kw_only=True)
class FieldPlace:
    """Where a field goes: page (0 is the first) and box in points from the lower left of the page."""

    name: str
    label: str
    page: int
    box: tuple[float, float, float, float]


def add_signature_fields(pdf: bytes, places: Sequence[FieldPlace]) -> bytes:
    """The tagged PDF with one empty field for each place, in the order in which they are signed.

    The result has the same bytes each time. Raises ValueError for a PDF without a flat tag tree.
    """
    with Pdf.open(BytesIO(pdf)) as document:
        root = document.Root
        if "/StructTreeRoot" not in root or "/Nums" not in root.StructTreeRoot.ParentTree:
            raise ValueError("The letter has no flat tag tree to which signature fields could be added.")
        structure = root.StructTreeRoot
        numbers = structure.ParentTree.Nums
        next_key = max((int(key) for key in list(numbers)[::2]), default=-1) + 1
        fields = Array()
        for index, place in enumerate(places):
            last = index == len(places) - 1
            key = next_key + index
            field, element = _field(document, place, key=key, parent=structure.K[0], lock=last)
            fields.append(field)
            structure.K[0].K.append(element)
            numbers.append(key)
            numbers.append(element)
        structure.ParentTreeNextKey = next_key + len(places)
        root.AcroForm = document.make_indirect(
            Dictionary(Fields=fields, SigFlags=_SIGNATURES_EXIST_AND_APPEND_ONLY)
        )
        output = BytesIO()
        # Small object streams: pyHanko reads a whole stream's index again for every object in it.
        document.save(
            output,
            deterministic_id=True,
            fix_metadata_version=False,
            object_stream_mode=ObjectStreamMode.generate,
        )
        return output.getvalue()


def _field(
    document: Pdf, place: FieldPlace, *, key: int, parent: Object, lock: bool
) -> tuple[Object, Object]:
    """The field with its widget in one, and its element in the tag tree."""
    page = document.pages[place.page].obj
    left, bottom, right, top = (round(edge, 2) for edge in place.box)
    appearance = document.make_stream(b"")
    appearance.Type = Name.XObject
    appearance.Subtype = Name.Form
    appearance.BBox = Array([0, 0, round(right - left, 2), round(top - bottom, 2)])
    appearance.Resources = Dictionary()
    widget = document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(place.name),
            TU=String(place.label),
            F=_PRINTED_AND_LOCKED,
            P=page,
            Rect=Array([left, bottom, right, top]),
            StructParent=key,
            AP=Dictionary(N=appearance),
        )
    )
    if lock:
        widget.Lock = document.make_indirect(
            Dictionary(Type=Name.SigFieldLock, Action=Name.All, P=_NO_CHANGES)
        )
    if "/Annots" not in page:
        page.Annots = Array()
    page.Annots.append(widget)
    element = document.make_indirect(
        Dictionary(
            Type=Name.StructElem,
            S=Name.Form,
            P=parent,
            Pg=page,
            Alt=String(place.label),
            K=Dictionary(Type=Name.OBJR, Obj=widget, Pg=page),
        )
    )
    return widget, element
