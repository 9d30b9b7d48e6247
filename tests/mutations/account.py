"""What the run came to: of every check what became of it, and the page that says so."""

from collections import Counter
from dataclasses import dataclass, field

from tests.mutations.finding import mutations
from tests.mutations.report import Report

# Checks that two places make, where the other one answers first: each with the reason why both stand.
TWICE: dict[str, str] = {
    "accounts/services/foundation.py invite_director: without “if sentences”": (
        "the record of an invitation refuses such an address too; here it is said before anything is locked"
    ),
    "accounts/services/vetting.py withdraw_vetting: without “principal=vetting.organisation”": (
        "it says whose locks are held, and with more of them nobody is refused or let in"
    ),
    "accounts/selectors.py may_act_for: without “if authority is not None”": (
        "a mandate on paper names an authority, so that towards none it is not found, and not looked for"
    ),
    "accounts/selectors.py mandates_on_paper: without “authority__isnull=False”": (
        "the database holds that only a mandate that names an authority is confirmed"
    ),
    "accounts/selectors.py represented_by: without “if not own”": (
        "of no organisations neither they nor those that mandated them are found, and not looked for"
    ),
    "authorisation/permissions.py may_see_authorisation: without “isinstance(actor, Machine)”": (
        "who serves the authority is asked beside it, and machines do"
    ),
    "authorisation/permissions.py visible_cases: without “if own”": (
        "of no organisations no case is found, and none is looked for"
    ),
    **{
        f"config/administration.py _NothingIsDeleted.has_{what}_permission: without “return {said}”": (
            "the administration site lets nobody else in"
        )
        for what, said in (
            ("module", "bool(getattr(request.user, 'is_staff', False))"),
            ("view", "self.has_module_permission(request)"),
            ("add", "self.has_module_permission(request)"),
            ("change", "self.has_module_permission(request)"),
        )
    },
    "authorisation/services/acts.py _person: without “if not isinstance(act.actor, Person)”": (
        "who may open the act is found before, and is a person"
    ),
    "desk/announcements/views.py act: without “authority__in=served(person, clock=clock)”": (
        "whoever holds no office there is offered no step, which the page answers alike"
    ),
    "desk/announcements/views.py act: without “step not in _FORMS”": (
        "nobody is offered a step that has no form here"
    ),
    "desk/api/acts_over_many.py _OverMany._offices: without “if not offices”": (
        "in no office one finds neither the authority that one names nor an act of one's own"
    ),
    **{
        f"desk/{selector}: without “authority__in={{one.authority.pk for one in held}}”": reason
        for selector, reason in (
            (
                "inbox/selectors.py cases_needing",
                "whatever a case may need names the authorities of the offices too",
            ),
            (
                "inbox/selectors.py _handled_alike",
                "what follows from it names them too; it spares looking at other procedures",
            ),
            (
                "signing/selectors.py _waiting_under",
                "what follows from it names them too; it spares looking at other procedures",
            ),
        )
    },
    "desk/recording/views.py registry: without “if one.organisation is not None”": (
        "of no organisation there is no entitlement"
    ),
    "desk/selectors/at_the_authority.py letter_worked_on_by: "
    "without “case__in=cases_seen_by(person, clock=clock)”": (
        "whether the person serves the letter's authority is asked beside it"
    ),
    "desk/timeline.py _names_of_actors: without “if name.startswith('organisation:')”": (
        "what else acts is named by the id of an office, which is no organisation's"
    ),
    **{
        f"desk/volumes/selectors.py {name}: without “{limit}=authority”": (
            "only periods of the authority's Party are shown, and a Party has one authority"
        )
        for name, limit in (("_add_held", "case__authority"), ("_add_asked", "authority"))
    },
    "desk/webhooks/addresses.py checked: without “parts.password is not None”": (
        "before a password there is a name, if an empty one"
    ),
    **{
        f"address {name}: for anybody": "the view of the sign-in library asks for a sign-in too"
        for name in (
            "account_change_password",
            "account_reauthenticate",
            "mfa_index",
            "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn",
            "mfa_deactivate_totp",
            "mfa_list_webauthn",
            "mfa_view_recovery_codes",
            "mfa_download_recovery_codes",
        )
    },
}


@dataclass
class Account:
    """What became of every check.

    counts     of a part of the program: how many checks of it were found, made twice, survived, not run
    survived   how much of what reaches it was tried, by the check's name
    """

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    survived: dict[str, str] = field(default_factory=dict)
    not_run: list[str] = field(default_factory=list)

    @property
    def total(self) -> Counter[str]:
        """Of the whole program."""
        return sum(self.counts.values(), Counter[str]())

    def __str__(self) -> str:
        total = self.total
        return (
            f"Permission checks: {total.total()}. Taken out one at a time, "
            f"a test failed for {total['found']}; {total['twice']} are made twice, for a reason given; "
            f"{total['survived']} survived; "
            f"{total['not run']} were not run."
        )


def account_of(report: Report) -> Account:
    """What the report says of the checks that there are now."""
    account = Account()
    for one in mutations():
        if report.found(one):
            became = "found"
        elif tried := report.survived(one):
            became = "twice" if one.name in TWICE else "survived"
            if became == "twice":
                account.twice.append(one.name)
            else:
                account.survived[one.name] = tried
        else:
            became = "not run"
            account.not_run.append(one.name)
        account.counts.setdefault(_part(one.name), Counter())[became] += 1
    return account


def _part(name: str) -> str:
    first = name.partition(" ")[0]
    return {"address": "addresses", "step": "steps"}.get(first, first.partition("/")[0])


def page(account: Account) -> str:
    """docs/mutations.md."""
    rows = [
        f"| {part} | {counts.total()} | {counts['found']} | {counts['twice']} | {counts['survived']} "
        f"| {counts['not run']} |"
        for part, counts in sorted(account.counts.items())
    ]
    files = Counter(_file(name) for name in account.not_run)
    return "\n".join(
        [
            "# Permission checks taken out, one at a time",
            "",
            "Written by `make mutations`. Every permission check that is found in the code is taken out of",
            "the running program, alone, and the tests that reach it are run, the nearest first, until one",
            "fails. It counts only if it passes again directly afterwards, with the check in its place.",
            "",
            str(account),
            "",
            "| Of | checks | found by a test | made twice | survived | not run |",
            "|---|---|---|---|---|---|",
            *rows,
            *_section(
                "Made twice: the other place answers first", [f"{n}: {TWICE[n]}" for n in account.twice]
            ),
            *_section("Survived", [f"{name} ({tried})" for name, tried in account.survived.items()]),
            *_section("Not run", [f"{file}: {count}" for file, count in sorted(files.items())]),
            "",
        ]
    )


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", f"## {title}", "", *(f"- {line}" for line in lines)] if lines else []


def _file(name: str) -> str:
    first = name.partition(" ")[0]
    return {"address": "addresses", "step": "steps"}.get(first, first)
