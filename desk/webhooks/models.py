"""Endpoints, the messages written for them, each attempt to deliver one, and the keys that sign them."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, ServiceAccount, User
from desk.webhooks.kinds import EventKind


class SigningKey(models.Model):
    """A key of the installation that signs messages (ed25519). The newest signs, and any that has not ended.

    public_key   the 32 bytes in base64; as whpk_... it is told to everybody
    private_key  PKCS #8 under SIGNING_PASSPHRASE: a copy of the database alone signs nothing
    ends_at      from when on it signs no more, once another has taken its place
    """

    public_key = models.CharField(max_length=44, unique=True)
    private_key = models.TextField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return self.public_key


class Endpoint(models.Model):
    """Where a program, or the systems of an authority, are told of events, and of which.

    account        the program whose endpoint it is; none where it is an authority's own
    authority      the authority whose own it is; none where it is a program's
    paused_at      a person had it wait; what happens meanwhile is kept for it
    set_aside_at   it failed for days: the same, by the system, and its organisation was told
    failing_since  the first attempt that failed since the last one that did not
    failures       how many did, one after the other
    rests_until    it did not answer: nothing is sent to it before then
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        ServiceAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="endpoints"
    )
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="endpoints"
    )
    address = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("endpoint")
        verbose_name_plural = _("endpoints")
        ordering = ("opened_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("account", "address"),
                condition=Q(ended_at__isnull=True),
                name="one_endpoint_per_address",
                violation_error_message=_("The program has an endpoint at this address already."),
            ),
            models.UniqueConstraint(
                fields=("authority", "address"),
                condition=Q(ended_at__isnull=True),
                name="one_endpoint_per_address_of_an_authority",
                violation_error_message=_("The authority has an endpoint at this address already."),
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=True) ^ Q(authority__isnull=True),
                name="endpoint_of_a_program_or_an_authority",
            ),
        )

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def waits(self) -> bool:
        """Whether what is written for it is kept until somebody lets it go on."""
        return self.paused_at is not None or self.set_aside_at is not None

    @property
    def has_ended(self) -> bool:
        """Whether nothing is sent to it any more: it was ended, or the account of its program was."""
        return self.ended_at is not None or (self.account is not None and self.account.ended_at is not None)

    @property
    def kind_labels(self) -> list[str]:
        """The kinds of events it wants, in words."""
        return [str(EventKind(kind).label) for kind in self.kinds]


class Message(models.Model):
    """One event for one endpoint: sent until it is taken, always under the same id and with the same body.

    stream, sequence  the event of the trail; with the endpoint they are what makes it one message
    subject           the record it is about (model and public id): looked at again before each attempt
    turn              which turn of the outbox may attempt it: an older turn finds it taken, and does nothing
    tries             attempts since it was written, or since somebody had it sent again
    due_at            when it is attempted next
    """

    class Standing(models.TextChoices):
        WAITING = "waiting", _("on its way")
        HELD = "held", _("kept until the endpoint goes on")
        DELIVERED = "delivered", _("delivered")
        GIVEN_UP = "given_up", _("given up")
        DROPPED = "dropped", _("not sent any more")

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=60)
    stream = models.CharField(max_length=200)
    sequence = models.PositiveBigIntegerField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    standing = models.CharField(max_length=20, choices=Standing.choices, default=Standing.WAITING)
    turn = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("message to an endpoint")
        verbose_name_plural = _("messages to endpoints")
        indexes = (models.Index(fields=("endpoint", "-id"), name="messages_of_an_endpoint"),)
        constraints = (
            models.UniqueConstraint(
                fields=("endpoint", "stream", "sequence"), name="one_message_per_endpoint_and_event"
            ),
        )

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def kind_label(self) -> str:
        """What happened, in words."""
        known = dict(EventKind.choices)
        return str(known.get(self.kind, _("the endpoint was opened")))


class Fault(models.TextChoices):
    """Why an attempt did not succeed."""

    NONE = "", ""
    NO_NAME = "no_name", _("the name of the server is not known")
    NOT_PUBLIC = "not_public", _("the name leads into a network that is not public")
    NO_CONNECTION = "no_connection", _("no connection could be made, or it broke off")
    NO_TLS = "no_tls", _("the certificate of the server does not hold for its name")
    TOO_SLOW = "too_slow", _("no answer came in time")
    NOT_HTTP = "not_http", _("the answer was no answer of a web server")
    REDIRECTED = "redirected", _("the server leads elsewhere, and that is not followed")
    REFUSED = "refused", _("the server did not take it")
    GONE = "gone", _("the server says that the endpoint is no more")
    NO_KEY = "no_key", _("this installation has no key to sign with")


class Attempt(models.Model):
    """One attempt to deliver a message. Without an end, it was broken off: the worker died over it."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    server = models.CharField(max_length=60, blank=True, default="")
    status = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=20, choices=Fault.choices, blank=True, default=Fault.NONE)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("message", "number"), name="one_attempt_per_number"),)

    def __str__(self) -> str:
        return str(self.number)
