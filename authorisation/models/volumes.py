"""Volumes, in whole t CO2 eq: lines, the ceilings above them, and the entries that moved them.

A balance is moved by one guarded UPDATE and held by CHECK constraints, so that no concurrency can
pass a ceiling; every move leaves an entry, which says from which pool to which, in which order, and
what was there afterwards.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority
from audit.models import AppendOnly, Kept
from authorisation.models.authorisations import Authorisation
from authorisation.models.cases import Case
from projects.models import Activity, NdcPeriod


class Pool(models.TextChoices):
    """Where tonnes are. `outside` is where they come from and where released ones return."""

    OUTSIDE = "outside", _("not reserved")
    RESERVED = "reserved", _("reserved by a decision that awaits its letter")
    AUTHORISED = "authorised", _("authorised")
    DRAWN = "drawn", _("taken up: issued or first transferred")
    ISSUED = "issued", _("issued")
    FIRST_TRANSFERRED = "first_transferred", _("first transferred")
    USED_OR_CANCELLED = "used_or_cancelled", _("used or cancelled")
    RETAINED = "retained", _("retained by the host")
    REVOKED = "revoked", _("revoked")


POOLS_OF_LINES = tuple(pool for pool in Pool if pool != Pool.OUTSIDE)
POOLS_OF_CEILINGS = (Pool.RESERVED, Pool.AUTHORISED, Pool.DRAWN, Pool.REVOKED)


class Balance(Kept):
    """A row of pools that is moved by one guarded UPDATE, and what moved it last.

    `last_entry` is checked at commit: no balance moves without its entry. `authorisation.models.defences`
    lets the pools change only as the last move says, and an entry only say what was moved.
    """

    # What the triggers say exactly has no CHECK besides: PostgreSQL reads each one anew in each statement.
    entries_written = models.IntegerField(default=0)
    last_entry = models.ForeignKey(
        "authorisation.Entry",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        # Nothing looks a balance up by it, and with an index no move of a hot row could stay on its page.
        db_index=False,
    )
    last_source = models.CharField(max_length=20, default="", blank=True, editable=False)
    last_target = models.CharField(max_length=20, default="", blank=True, editable=False)
    last_tonnes = models.BigIntegerField(default=0, editable=False)

    class Meta(Kept.Meta):
        abstract = True


class Line(Balance):
    """What became of one vintage of one authorisation, opened by the case that asks for it.

    `capped` is false where the letter sets no ceiling for the vintage; then the ceilings above
    bound what may be covered. `authorised` is the ceiling, its first-transferred part included.

    `drawn` is what of the ceilings is taken up: what is issued and covered, or first transferred ahead of any
    issuance. Without a recorded issuance the ceiling alone bounds a first transfer. Once there is one,
    `transferred_ahead` holds what had been transferred (and retained) before: from then on only what is
    issued and covered moves.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="lines")
    authorisation = models.ForeignKey(
        Authorisation, on_delete=models.PROTECT, related_name="lines", null=True
    )
    vintage = models.PositiveSmallIntegerField()
    capped = models.BooleanField()
    reserved = models.PositiveBigIntegerField(default=0)
    authorised = models.PositiveBigIntegerField(default=0)
    drawn = models.PositiveBigIntegerField(default=0)
    issued = models.PositiveBigIntegerField(default=0)
    first_transferred = models.PositiveBigIntegerField(default=0)
    used_or_cancelled = models.PositiveBigIntegerField(default=0)
    retained = models.PositiveBigIntegerField(default=0)
    revoked = models.PositiveBigIntegerField(default=0)
    transferred_ahead = models.PositiveBigIntegerField(null=True)

    class Meta(Balance.Meta):
        ordering = ("vintage",)
        constraints = (
            models.UniqueConstraint(fields=("case", "vintage"), name="one_line_per_case_and_vintage"),
            models.UniqueConstraint(
                fields=("authorisation", "vintage"), name="one_line_per_authorisation_and_vintage"
            ),
            models.CheckConstraint(name="vintage_from_2021", condition=Q(vintage__gte=2021)),
            models.CheckConstraint(
                name="line_draws_within_its_ceiling",
                condition=Q(capped=False) | Q(authorised__gte=F("drawn")),
            ),
            models.CheckConstraint(name="line_issues_what_is_drawn", condition=Q(drawn__gte=F("issued"))),
            models.CheckConstraint(
                name="line_transfers_what_is_drawn",
                condition=Q(drawn__gte=F("first_transferred") + F("retained")),
            ),
            models.CheckConstraint(
                name="line_transfers_what_is_issued",
                condition=Q(transferred_ahead__isnull=True)
                | Q(issued__gte=F("first_transferred") + F("retained"))
                | Q(transferred_ahead__gte=F("first_transferred") + F("retained")),
            ),
            models.CheckConstraint(
                name="line_uses_what_was_transferred",
                condition=Q(first_transferred__gte=F("used_or_cancelled")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.vintage}"


class Ceiling(Balance):
    """A ceiling above the lines, with what is reserved and authorised under it.

    All ceilings that are given hold together. They are moved in the order of `Scope`, the hottest
    last, after the lines. `drawn` and `revoked` count for the total of an authorisation: what its lines have
    taken up, and what was revoked or given up of it.

    A total is of the case that it names; ceilings of an activity and of a vintage of it are of the activity;
    those of a sector and of the country (no sector) are of authority and period.
    """

    class Scope(models.IntegerChoices):
        TOTAL = 1, _("total of the authorisation")
        VINTAGE = 2, _("expected mitigation of the activity in a vintage")
        ACTIVITY = 3, _("expected mitigation of the activity")
        SECTOR = 4, _("cap of the sector")
        NATIONAL = 5, _("budget of the NDC period")

    scope = models.SmallIntegerField(choices=Scope.choices)
    # Every index of a hot row is opened at every move: the uniqueness of ceilings is the index of what they
    # are found by.
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="ceilings", null=True, db_index=False
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="ceilings", null=True, db_index=False
    )
    vintage = models.SmallIntegerField(null=True)
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="ceilings", null=True, db_index=False
    )
    ndc_period = models.ForeignKey(
        NdcPeriod, on_delete=models.PROTECT, related_name="ceilings", null=True, db_index=False
    )
    sector = models.CharField(max_length=100, blank=True, default="")
    # Never below what is reserved and authorised, and so never below nothing.
    tonnes = models.BigIntegerField()
    reserved = models.PositiveBigIntegerField(default=0)
    authorised = models.PositiveBigIntegerField(default=0)
    drawn = models.PositiveBigIntegerField(default=0)
    revoked = models.PositiveBigIntegerField(default=0)

    class Meta(Balance.Meta):
        ordering = ("scope", "vintage", "pk")
        constraints = (
            models.CheckConstraint(
                name="never_above_the_ceiling", condition=Q(tonnes__gte=F("reserved") + F("authorised"))
            ),
            models.CheckConstraint(
                name="never_drawn_above_what_is_authorised", condition=Q(authorised__gte=F("drawn"))
            ),
            models.UniqueConstraint(fields=("case",), name="one_total_of_a_case"),
            models.UniqueConstraint(fields=("activity", "vintage"), name="one_ceiling_of_a_vintage"),
            models.UniqueConstraint(
                fields=("activity",), name="one_ceiling_per_activity", condition=Q(scope=3)
            ),
            models.UniqueConstraint(
                fields=("authority", "ndc_period", "sector"), name="one_cap_of_a_sector_or_the_country"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_scope_display()}: {self.tonnes}"


class Entry(AppendOnly):
    """One move of tonnes from a pool to a pool, on one line or under one ceiling.

    `sequence` counts the entries of that line or ceiling without a gap, and the two balances are
    those after this entry. `event` names the event of the trail that moved them.

    That its line or ceiling is there, and stays, triggers say: an entry is of a balance that names it, and
    balances are kept. A foreign key would say it again, at every move.
    """

    # The uniqueness of their sequence is the index of both.
    line = models.ForeignKey(
        Line,
        on_delete=models.PROTECT,
        related_name="entries",
        null=True,
        db_index=False,
        db_constraint=False,
    )
    ceiling = models.ForeignKey(
        Ceiling,
        on_delete=models.PROTECT,
        related_name="entries",
        null=True,
        db_index=False,
        db_constraint=False,
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    sequence = models.IntegerField()
    source = models.CharField(max_length=20, choices=Pool.choices)
    target = models.CharField(max_length=20, choices=Pool.choices)
    tonnes = models.BigIntegerField()
    source_after = models.BigIntegerField(null=True)
    target_after = models.BigIntegerField(null=True)
    event = models.CharField(max_length=64)
    moved_on = models.DateField()
    moved_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = _("entries")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                name="entry_of_a_line_or_a_ceiling",
                condition=Q(line__isnull=False, ceiling__isnull=True)
                | Q(line__isnull=True, ceiling__isnull=False),
            ),
            models.CheckConstraint(name="entry_moves_something", condition=Q(tonnes__gt=0)),
            models.CheckConstraint(name="entry_between_two_pools", condition=~Q(source=F("target"))),
            models.UniqueConstraint(fields=("line", "sequence"), name="one_entry_per_line_and_sequence"),
            models.UniqueConstraint(
                fields=("ceiling", "sequence"), name="one_entry_per_ceiling_and_sequence"
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} → {self.target}: {self.tonnes}"
