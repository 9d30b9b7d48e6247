"""A model of these tests only, whose table is there for one test: what is set once stays."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.test.utils import isolate_apps

from audit import triggers_on_postgresql, triggers_on_sqlite
from audit.bans import bans_of
from audit.immutability import RecordIsImmutable
from audit.models import WriteOnce

_ON_SQLITE = connection.vendor == "sqlite"


def _model(**more: Any) -> Any:
    class Licence(WriteOnce):
        write_once = ("number", "holder", "issued_on", "terms")

        number = models.CharField(max_length=20, null=True, unique=True)  # noqa: DJ001 - null and empty
        holder = models.CharField(max_length=20, blank=True)
        issued_on = models.DateField(null=True)
        terms = models.JSONField(null=True)
        note = models.TextField(blank=True)
        place = models.CharField(max_length=20, blank=True)

        class Meta:
            app_label = "audit"
            constraints = more.get(
                "constraints",
                [
                    models.UniqueConstraint(
                        fields=["place"], condition=~Q(place=""), name="one_licence_per_place"
                    )
                ],
            )

    return Licence


@pytest.fixture
def licences(transactional_db: None) -> Iterator[Any]:
    """The model, with its table and triggers."""
    dialect = triggers_on_sqlite if _ON_SQLITE else triggers_on_postgresql
    with isolate_apps("audit"):
        model = _model()
        with connection.schema_editor() as editor:
            editor.create_model(model)
        columns = {field.column for field in model._meta.concrete_fields}
        with connection.cursor() as cursor:
            for ban in bans_of(model, connection, columns):
                for statement in dialect.creation(ban, connection):
                    cursor.execute(statement)
        yield model
        with connection.schema_editor() as editor:
            editor.delete_model(model)


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _refused(licences: Any, sql: str) -> None:
    before = list(licences.objects.order_by("pk").values())
    with pytest.raises(IntegrityError, match="never"), transaction.atomic():
        _execute(sql)
    assert list(licences.objects.order_by("pk").values()) == before


def test_a_field_can_be_set_once_and_others_at_any_time(licences: Any) -> None:
    licence = licences.objects.create(note="new")
    licence.number, licence.holder, licence.issued_on, licence.terms = "1", "Ama", "2026-03-02", {"a": 1}
    licence.save()
    licence.note = "set"
    licence.save()
    licences.objects.update(note="again")

    assert licences.objects.values_list("number", "holder", "note").get() == ("1", "Ama", "again")


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", "2"), ("number", None), ("holder", ""), ("issued_on", None), ("terms", {"a": 2})],
)
def test_a_field_that_is_set_is_not_changed_by_the_model_or_the_queryset(
    licences: Any, field: str, value: object
) -> None:
    licence = licences.objects.create(number="1", holder="Ama", issued_on="2026-03-02", terms={"a": 1})
    before = list(licences.objects.values())
    setattr(licence, field, value)

    with pytest.raises(RecordIsImmutable, match=field):
        licence.save()
    with pytest.raises(IntegrityError, match="set once"), transaction.atomic():
        licences.objects.update(**{field: value})

    assert list(licences.objects.values()) == before


def test_saving_other_fields_of_an_instance_that_is_out_of_date_goes_through(licences: Any) -> None:
    stale = licences.objects.create(note="new")
    licences.objects.update(number="1")
    stale.note = "later"

    with pytest.raises(RecordIsImmutable, match="number"):
        stale.save()
    stale.save(update_fields=["note"])

    assert licences.objects.values_list("number", "note").get() == ("1", "later")


@pytest.mark.parametrize("change", ["number = '2'", "holder = ''", "terms = NULL", "id = id + 1"])
def test_plain_sql_does_not_change_what_is_set(licences: Any, change: str) -> None:
    licences.objects.create(number="1", holder="Ama", issued_on="2026-03-02", terms={"a": 1})

    _refused(licences, f"UPDATE audit_licence SET {change}")


def test_a_row_is_never_deleted(licences: Any) -> None:
    licence = licences.objects.create(number="1")

    with pytest.raises(RecordIsImmutable):
        licence.delete()
    with pytest.raises(RecordIsImmutable):
        licences.objects.all().delete()
    _refused(licences, "DELETE FROM audit_licence")
    if not _ON_SQLITE:
        _refused(licences, "TRUNCATE audit_licence")


@pytest.mark.skipif(not _ON_SQLITE, reason="a way of SQLite")
@pytest.mark.parametrize(
    "sql",
    [
        (
            "INSERT OR REPLACE INTO audit_licence (id, holder, note, place) "
            "SELECT id, '', '', '' FROM audit_licence"
        ),
        "INSERT OR REPLACE INTO audit_licence (number, holder, note, place) VALUES ('1', '', '', '')",
        "INSERT OR REPLACE INTO audit_licence (number, holder, note, place) VALUES ('3', '', '', 'Accra')",
        "UPDATE OR REPLACE audit_licence SET number = '1' WHERE note = 'free'",
        "UPDATE OR REPLACE audit_licence SET place = 'Accra' WHERE note = 'free'",
    ],
)
def test_no_statement_pushes_a_row_out(licences: Any, sql: str) -> None:
    licences.objects.create(number="1", place="Accra")
    licences.objects.create(note="free")

    _refused(licences, sql)


def test_a_uniqueness_with_a_condition_stands_in_the_way_only_under_it(licences: Any) -> None:
    licences.objects.create(number="1")
    licences.objects.create(number="2")
    licences.objects.create(number="3", place="Accra")
    licences.objects.update(note="moved")

    assert licences.objects.filter(place="").count() == 2


@isolate_apps("audit")
def test_a_model_that_cannot_be_protected_is_refused() -> None:
    model = _model(constraints=[models.UniqueConstraint(Lower("place"), name="one_licence_per_place")])
    columns = {field.column for field in model._meta.concrete_fields}
    if _ON_SQLITE:
        with pytest.raises(ImproperlyConfigured, match="one_licence_per_place"):
            bans_of(model, connection, columns)
    model.write_once = ("nummer",)
    with pytest.raises(ImproperlyConfigured, match="names no field: nummer"):
        bans_of(model, connection, columns)
