from datetime import timedelta

import pytest

from accounts.models import (
    Function,
    Invitation,
    Mandate,
    OfficeInvitation,
    ServiceAccount,
    Tenure,
    User,
)
from accounts.selectors import (
    accepted_vettings,
    acting_tenure,
    authorities_served,
    authority_of_party,
    belongs_to,
    deputises,
    held_on,
    holders_of,
    invitation_with,
    is_open,
    is_vetted,
    language_of,
    mandates_on_paper,
    may_act_for,
    members_of,
    office_invitation_with,
    offices_held,
    offices_of,
    open_vettings,
    organisation_with,
    organisations_of,
    represented_by,
    standing_mandates,
    standing_tenures,
    stood_in_for,
    tenures_held,
    unconfirmed_mandates,
)
from accounts.services import ask_for_vetting, create_membership, give_mandate, withdraw_vetting
from tests.accounts.factories import (
    AT,
    DAY,
    authority,
    office,
    organisation,
    person,
    tenure,
    two_authorities,
    vetted,
)

pytestmark = pytest.mark.django_db

BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=11)
LAST = DAY + timedelta(days=10)


def test_an_office_is_held_from_the_first_day_until_the_last_both_included() -> None:
    ghana, vanuatu = two_authorities()
    ama, desk = person(), office(ghana)
    tenure(desk, ama, ends_on=LAST)
    held = {day: offices_held(ama, authority=ghana, on=day) for day in (BEFORE, DAY, LAST, AFTER)}
    assert held == {BEFORE: [], DAY: [desk], LAST: [desk], AFTER: []}
    assert offices_held(ama, authority=vanuatu, on=DAY) == []
    assert authorities_served(ama, on=DAY) == [ghana]
    stranger = person("stranger@gha.example")
    assert offices_held(stranger, authority=ghana, on=DAY) == []
    assert authorities_served(stranger, on=DAY) == []
    assert authorities_served(ama, on=AFTER) == []


def test_whether_an_office_was_held_on_a_day_of_the_past_whatever_became_of_the_account() -> None:
    ghana, _ = two_authorities()
    ama, stranger, desk = person(), person("stranger@gha.example"), office(ghana)
    review = office(ghana, function=Function.REVIEWER, body="Technical")
    tenure(desk, ama, ends_on=LAST)
    tenure(review, stranger)
    ama.is_active = False
    ama.save()
    days = {day: held_on(ama, desk, on=day) for day in (BEFORE, DAY, LAST, AFTER)}
    assert days == {BEFORE: False, DAY: True, LAST: True, AFTER: False}
    assert not held_on(stranger, desk, on=DAY)
    assert not held_on(ama, review, on=DAY)


def test_a_tenure_without_an_end_goes_on() -> None:
    ghana, _ = two_authorities()
    ama, desk = person(), office(ghana)
    tenure(desk, ama)
    assert offices_held(ama, authority=ghana, on=DAY + timedelta(days=9999)) == [desk]


def test_who_is_deactivated_holds_no_office_and_belongs_nowhere() -> None:
    ghana, _ = two_authorities()
    ama, desk, stoves = person(), office(ghana), organisation()
    tenure(desk, ama)
    create_membership(stoves, person=ama, starts_on=DAY, actor="system", at=AT)
    assert holders_of(desk, on=DAY) == members_of(stoves, on=DAY) == [ama]
    ama.is_active = False
    ama.save()
    assert offices_held(ama, authority=ghana, on=DAY) == []
    assert authorities_served(ama, on=DAY) == []
    assert organisations_of(ama, on=DAY) == []
    assert holders_of(desk, on=DAY) == []
    assert members_of(stoves, on=DAY) == []


def test_one_person_may_hold_two_offices_each_counted_once() -> None:
    ghana, _ = two_authorities()
    ama, desk, review = person(), office(ghana), office(ghana, function=Function.REVIEWER, body="Technical")
    tenure(desk, ama, ends_on=DAY)
    tenure(desk, ama, starts_on=DAY + timedelta(days=1))
    tenure(review, ama)
    assert offices_held(ama, authority=ghana, on=LAST) == [desk, review]


def test_offices_are_found_by_function_and_body_of_one_authority() -> None:
    ghana, vanuatu = two_authorities()
    desk = office(ghana)
    technical = office(ghana, function=Function.REVIEWER, body="Technical")
    line = office(ghana, function=Function.REVIEWER, body="Line ministry")
    office(vanuatu, function=Function.REVIEWER, body="Technical")
    assert offices_of(ghana) == [desk, line, technical]
    assert offices_of(ghana, function=Function.REVIEWER, body="Technical") == [technical]
    assert offices_of(ghana, function=Function.SIGNER) == []


def test_a_membership_counts_from_the_first_day_until_the_last() -> None:
    stoves, other, ama = organisation(), organisation("Other", identification="C-2"), person()
    create_membership(stoves, person=ama, starts_on=DAY, ends_on=LAST, actor="system", at=AT)
    belongs = {day: organisations_of(ama, on=day) for day in (BEFORE, DAY, LAST, AFTER)}
    assert belongs == {BEFORE: [], DAY: [stoves], LAST: [stoves], AFTER: []}
    assert members_of(other, on=DAY) == []


def test_the_authority_of_a_party_is_found_by_its_code() -> None:
    ghana, vanuatu = two_authorities()
    assert authority_of_party("GHA") == ghana
    assert authority_of_party("VUT") == vanuatu
    assert authority_of_party("PER") is None


def test_an_organisation_is_found_by_country_and_number() -> None:
    stoves = organisation()
    assert organisation_with(country="GHA", identification="C-1") == stoves
    assert organisation_with(country="VUT", identification="C-1") is None


def test_who_chose_a_language_that_no_page_has_or_none_is_written_to_in_one_that_there_is() -> None:
    ama, ghana = person(), authority()
    ama.language, ghana.languages = "sw", ["ar", "fr-SN"]
    assert language_of(ama) == "en"
    assert language_of(ama, authority=ghana) == "fr"


# -- deputies --------------------------------------------------------------------------------------


def test_in_an_absence_the_office_acts_by_the_deputy_and_else_by_its_holder() -> None:
    ghana, _ = two_authorities()
    signing, desk = office(ghana, function=Function.SIGNER), office(ghana)
    minister, deputy, officer = person(), person("deputy@gha.example"), person("officer@gha.example")
    held = tenure(signing, minister)
    tenure(desk, officer, starts_on=BEFORE)
    stands_in = tenure(signing, deputy, ends_on=LAST, deputy_of=held)
    of_no_holder = office(ghana, function=Function.DECIDER)

    assert acting_tenure(signing, on=BEFORE) is None
    assert acting_tenure(signing, on=DAY) == stands_in
    assert acting_tenure(signing, on=AFTER) == held
    assert acting_tenure(of_no_holder, on=DAY) is None


def test_of_several_holders_the_longest_acts_and_another_ones_deputy_does_not() -> None:
    ghana, _ = two_authorities()
    signing = office(ghana, function=Function.SIGNER)
    first = tenure(signing, person(), starts_on=BEFORE)
    second = tenure(signing, person("second@gha.example"))
    tenure(signing, person("deputy@gha.example"), ends_on=LAST, deputy_of=second)
    assert acting_tenure(signing, on=DAY) == first


def test_the_deputy_of_a_holder_who_has_left_does_not_act_in_the_stead_of_another() -> None:
    ghana, _ = two_authorities()
    signing = office(ghana, function=Function.SIGNER)
    left = tenure(signing, person(), starts_on=BEFORE)
    tenure(signing, person("deputy@gha.example"), starts_on=BEFORE, ends_on=LAST, deputy_of=left)
    stays = tenure(signing, person("second@gha.example"))
    Tenure.objects.filter(pk=left.pk).update(ended_at=AT, ends_on=DAY)
    assert acting_tenure(signing, on=DAY) == stays


def test_one_deputises_in_that_office_on_those_days_and_not_where_it_is_ones_own() -> None:
    ghana, _ = two_authorities()
    signing, desk = office(ghana, function=Function.SIGNER), office(ghana)
    minister, deputy = person(), person("deputy@gha.example")
    held = tenure(signing, minister)
    tenure(signing, deputy, ends_on=LAST, deputy_of=held)
    tenure(desk, deputy)

    for whose in (deputises, stood_in_for):
        assert whose(deputy, signing, on=DAY) == minister
        assert whose(deputy, desk, on=DAY) is None, "that office is theirs"
        assert whose(minister, signing, on=DAY) is None
        assert whose(deputy, signing, on=AFTER) is None
        assert whose(person(f"{whose.__name__}@gha.example"), signing, on=DAY) is None


def test_who_holds_an_office_also_for_another_day_deputises_for_nobody() -> None:
    ghana, _ = two_authorities()
    signing = office(ghana, function=Function.SIGNER)
    minister, deputy = person(), person("deputy@gha.example")
    held = tenure(signing, minister)
    tenure(signing, deputy, ends_on=LAST, deputy_of=held)
    # Two holders, one of whom stands in for the other as well.
    tenure(signing, deputy, starts_on=AFTER)
    assert deputises(deputy, signing, on=LAST) == minister
    assert deputises(deputy, signing, on=AFTER) is None
    Tenure.objects.filter(person=deputy, deputy_of=None).update(starts_on=LAST)
    assert deputises(deputy, signing, on=LAST) is None, "on a day on which they hold it both ways"


def test_standing_tenures_are_a_persons_own_and_not_ended_at_once() -> None:
    ghana, _ = two_authorities()
    ama, kofi, desk = person(), person("kofi@gha.example"), office(ghana)
    past = tenure(desk, ama, starts_on=BEFORE, ends_on=BEFORE)
    coming = tenure(desk, ama, starts_on=AFTER)
    tenure(desk, kofi)
    assert set(standing_tenures(ama)) == {past, coming}
    assert list(tenures_held(ama, desk, on=AFTER)) == [coming]
    assert not tenures_held(ama, desk, on=DAY).exists()
    assert not tenures_held(ama, office(ghana, function=Function.SIGNER), on=AFTER).exists()

    Tenure.objects.filter(pk=coming.pk).update(ended_at=AT, ends_on=AFTER)
    assert list(standing_tenures(ama)) == [past]
    User.objects.filter(pk=ama.pk).update(is_active=False)
    assert not standing_tenures(ama).exists()


# -- mandates, programs, invitations ---------------------------------------------------------------


def test_nobody_represents_nobody_and_each_only_those_who_mandated_it() -> None:
    two_authorities()
    stoves, advice, other = organisation(), organisation("Advice", identification="C-2"), person()
    third = organisation("Third", identification="C-3")
    create_membership(stoves, person=other, starts_on=BEFORE, actor="system", at=AT)
    give_mandate(stoves, mandatary=advice, starts_on=DAY, by=other, at=AT)
    assert represented_by([], on=DAY) == []
    assert represented_by([third], on=DAY) == [third]
    assert set(represented_by([advice], on=DAY)) == {advice, stoves}
    assert not may_act_for(advice, third, on=DAY)
    assert not may_act_for(third, stoves, on=DAY)
    assert not belongs_to(other, advice, on=DAY)


def test_a_mandate_on_paper_waits_for_its_authority_until_that_confirms_it_or_it_is_revoked() -> None:
    ghana, vanuatu = two_authorities()
    stoves, advice, ama = organisation(), organisation("Advice", identification="C-2"), person()
    on_paper = Mandate.objects.create(
        principal=stoves,
        mandatary=advice,
        starts_on=DAY,
        ends_on=LAST,
        given_by=ama,
        authority=ghana,
        paper_reference="12/2026",
        paper_dated_on=BEFORE,
    )
    assert list(unconfirmed_mandates([ghana])) == [on_paper]
    assert list(unconfirmed_mandates([vanuatu])) == []
    assert not mandates_on_paper(on=DAY).exists()
    assert not standing_mandates(on=DAY).exists()

    Mandate.objects.update(confirmed_at=AT, confirmed_by=ama)
    assert list(unconfirmed_mandates([ghana])) == []
    assert list(mandates_on_paper(on=DAY)) == [on_paper]
    assert not mandates_on_paper(on=AFTER).exists()
    assert not standing_mandates(on=DAY).exists(), "it holds towards one authority"

    Mandate.objects.update(revoked_at=AT, revoked_by=ama)
    assert not mandates_on_paper(on=DAY).exists()
    Mandate.objects.update(confirmed_at=None, confirmed_by=None)
    assert list(unconfirmed_mandates([ghana])) == []


def test_a_mandate_given_here_is_none_on_paper_and_ends_with_its_day_and_at_once() -> None:
    two_authorities()
    given = Mandate.objects.create(
        principal=organisation(),
        mandatary=organisation("Advice", identification="C-2"),
        starts_on=DAY,
        ends_on=LAST,
        given_by=person(),
    )
    assert [list(standing_mandates(on=day)) for day in (BEFORE, LAST, AFTER)] == [[], [given], []]
    assert not mandates_on_paper(on=DAY).exists()
    Mandate.objects.update(revoked_at=AT, revoked_by=given.given_by)
    assert not standing_mandates(on=DAY).exists()


def test_an_organisation_is_accepted_by_the_authority_that_accepted_it_until_that_is_withdrawn() -> None:
    ghana, vanuatu = two_authorities()
    stoves, wells = organisation(), organisation("Wells", identification="C-2")
    ama, officer = person(), person("officer@gha.example")
    tenure(office(ghana), officer)
    for each in (stoves, wells):
        create_membership(each, person=ama, starts_on=BEFORE, actor="system", at=AT)
    accepted = vetted(stoves, ghana, member=ama, officer=officer)
    asked = ask_for_vetting(wells, authority=ghana, by=ama, at=AT)
    assert list(accepted_vettings([ghana])) == [accepted]
    assert list(accepted_vettings([vanuatu])) == []
    assert list(open_vettings([ghana])) == [asked]
    assert list(open_vettings([vanuatu])) == []
    assert (is_vetted(stoves, authority=ghana), is_vetted(wells, authority=ghana)) == (True, False)
    assert not is_vetted(stoves, authority=vanuatu)

    withdraw_vetting(accepted, reasons="It was dissolved.", by=officer, at=AT)
    assert list(accepted_vettings([ghana])) == []


def test_a_program_is_open_until_it_is_ended_whatever_becomes_of_another() -> None:
    stoves, ama = organisation(), person()
    first, second = (
        ServiceAccount.objects.create(organisation=stoves, name=name, opened_by=ama, opened_at=AT)
        for name in ("First", "Second")
    )
    ServiceAccount.objects.filter(pk=first.pk).update(ended_at=AT)
    assert (is_open(first), is_open(second)) == (False, True)


def test_an_invitation_is_found_by_its_own_token_only() -> None:
    ghana, _ = two_authorities()
    until = {"invited_at": AT, "expires_at": AT + timedelta(days=14)}
    colleague = Invitation.objects.create(
        organisation=organisation(),
        email="a@example.org",
        token_sha256="1" * 64,
        invited_by=person(),
        **until,
    )
    director = OfficeInvitation.objects.create(
        office=office(ghana, function=Function.DIRECTOR),
        email="b@example.org",
        token_sha256="2" * 64,
        **until,
    )
    assert [invitation_with(digest * 64) for digest in "12"] == [colleague, None]
    assert [office_invitation_with(digest * 64) for digest in "12"] == [None, director]
