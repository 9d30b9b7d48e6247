"""One application from the sign-up of its developer to a letter that anybody checks, person by person.

Each method is what one person does at one sitting, as the pages offer it. After every page `look` is told
the page and a name for it: a test has it examined, the maker of the pictures has it photographed.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.core import mail
from playwright.sync_api import Download, Page

from accounts.models import Function, User
from accounts.services import issue_set_up_code
from letters.models import Letter
from tests.browser.driving import an_hour_passes, apart, prove, shows, sign_in
from workflow import outbox
from workflow.clock import RealClock

Look = Callable[[Page, str], None]

PASSWORD = "seventeen cooking pots"
TITLE = "Clean cooking in Volta and Oti"


@dataclass
class Somebody:
    """Whoever signs in. `secret` is in their authenticator app; empty until they set one up."""

    email: str
    password: str
    secret: str = ""


def handed_over(email: str) -> str:
    """The set-up code of a person, as the director hands it over who gives the office."""
    return apart(lambda: issue_set_up_code(User.objects.get(email=email), by=None, at=RealClock().now()))


@dataclass
class Journey:
    """The way, with what became known on it.

    authority   its name, as the pages show it
    identifier  of the authorisation that it is about, where it is about one that stands
    page_of     opens a page for one more person
    """

    authority: str
    offices: Mapping[Function, Somebody]
    page_of: Callable[[], Page]
    look: Look
    developer: Somebody = field(default_factory=lambda: Somebody("efua.mensah@cookwell.example", PASSWORD))
    reference: str = ""
    identifier: str = ""
    number: str = ""
    code: str = ""

    def __post_init__(self) -> None:
        self.applicant = self.page_of()
        self.at_work: dict[Function, Page] = {}

    # -- the developer comes ------------------------------------------------------------------------

    def sign_up(self) -> None:
        """With a code that comes by e-mail."""
        page = self.applicant
        page.goto("/")
        self.look(page, "front")
        page.get_by_role("link", name="Open an account").click()
        page.get_by_role("button", name="Open the account").click()
        self.look(page, "sign-up-with-mistakes")
        page.get_by_label("Your name").fill("Efua Mensah")
        page.get_by_label("E-mail address").fill(self.developer.email)
        page.get_by_label("Password", exact=True).fill(self.developer.password)
        page.get_by_label("The same password again").fill(self.developer.password)
        page.get_by_role("button", name="Open the account").click()
        self.look(page, "confirm-address")
        (letter,) = mail.outbox
        assert letter.to == [self.developer.email]
        found = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", str(letter.body), re.MULTILINE)
        assert found, letter.body
        page.get_by_label("Code").fill(found.group(1))
        page.get_by_role("button", name="Confirm").click()
        self.look(page, "no-cases-yet")

    def register_organisation(self) -> None:
        """And asks the authority to let it in."""
        page = self.applicant
        page.get_by_role("link", name="Your account").click()
        self.look(page, "account")
        page.get_by_role("link", name="Register an organisation").click()
        self.look(page, "register-organisation")
        page.get_by_label("Name of the organisation").fill("Cookwell Ghana Ltd")
        page.get_by_label("Country of incorporation").select_option(label="Ghana")
        page.get_by_label("Identification number there").fill("CS-2019-44817")
        page.get_by_role("main").get_by_role("button").click()
        page.get_by_role("link", name="Cookwell Ghana Ltd").click()
        self.look(page, "organisation")
        page.get_by_role("link", name="Ask an authority").click()
        page.get_by_label("Authority").select_option(label=self.authority)
        self.look(page, "ask-for-vetting")
        page.get_by_role("main").get_by_role("button").click()
        assert "asked" in page.get_by_role("main").inner_text()

    def vet(self) -> None:
        """An officer compares the register of companies and lets the organisation in."""
        page = self.office(Function.DESK_OFFICER)
        page.get_by_role("link", name="Your account").click()
        page.get_by_role("link", name="Organisations that ask to be let in").click()
        self.look(page, "vetting")
        page.get_by_role("link", name="Cookwell Ghana Ltd").click()
        self.look(page, "vetting-one")
        page.get_by_label("Yes, it is who it says it is").check()
        page.get_by_role("button", name="Answer").click()
        self.look(page, "vetting-done")

    # -- the application ------------------------------------------------------------------------------

    def open_application(self) -> None:
        """Four questions; then a list of tasks."""
        page = self.applicant
        page.goto("/cases/")
        page.get_by_role("link", name="New application").click()
        page.get_by_role("button", name="Open the application").click()
        self.look(page, "new-application-with-mistakes")
        page.get_by_label("To which authority do you apply?").select_option(label=self.authority)
        page.get_by_label("Authorisation of approach, outcomes and entities together").check()
        page.get_by_label("What is the activity called?").fill(TITLE)
        page.get_by_role("button", name="Open the application").click()
        self.look(page, "tasks-at-first")

    def fill_in(self) -> None:
        """Section by section; the terms of change are left for later."""
        self._activity()
        self._expected()
        self._approach()
        self._entities()
        self._uses()
        self._volumes()
        self._periods()
        page = self._section("Tracking and terms")
        page.get_by_label("Registry in which the outcomes are tracked").fill("National registry of Ghana")
        self._save("terms")

    def _section(self, title: str) -> Page:
        self.applicant.get_by_role("list").get_by_role("link", name=title).click()
        return self.applicant

    def _save(self, name: str) -> None:
        self.look(self.applicant, f"section-{name}")
        self.applicant.get_by_role("button", name="Save and go on").click()

    def _day(self, group: str, day: str) -> None:
        boxes = self.applicant.get_by_role("group", name=group, exact=True)
        for label, number in zip(("Day", "Month", "Year"), day.split(), strict=True):
            boxes.get_by_label(label).fill(number)

    def _by_year(self, tonnes: Mapping[int, str]) -> None:
        for row, (year, amount) in enumerate(tonnes.items()):
            self.applicant.get_by_label("Year").nth(row).fill(str(year))
            self.applicant.get_by_label("t CO₂ eq", exact=True).nth(row).fill(amount)

    def _activity(self) -> None:
        page = self._section("Activity")
        page.get_by_label("What kind of activity is it?").select_option("project")
        page.get_by_label("Where is it?").fill("Volta and Oti regions")
        page.get_by_label("Sector", exact=True).select_option("Energy generation")
        page.get_by_label("Activity type").select_option("Energy Efficiency households")
        page.get_by_label("Does it reduce emissions, or remove them?").select_option("Emission reductions")
        page.get_by_label("Standard or framework").fill("Gold Standard")
        page.get_by_label("Its number in the registry of the standard").fill("GS12044")
        page.get_by_label("Methodology").fill("Metered and measured energy cooking devices, version 1.2")
        page.get_by_label("Greenhouse gases").fill("CO2\nCH4\nN2O")
        page.get_by_label("Metric in which outcomes are counted").select_option("GHG")
        page.get_by_label("Global warming potentials").fill("AR5 100-year")
        self._day("First day of the crediting period", "1 1 2026")
        self._day("Last day of the crediting period", "31 12 2030")
        self._save("activity")

    def _expected(self) -> None:
        page = self._section("Expected mitigation by year")
        self._by_year({2026: "a lot"})
        page.get_by_role("button", name="Save and go on").click()
        self.look(page, "section-with-mistakes")
        page.get_by_role("button", name="Add five more years").click()
        self._by_year({2026: "48 000", 2027: "96 000", 2028: "120 000", 2029: "120 000", 2030: "120 000"})
        self._save("expected")

    def _approach(self) -> None:
        page = self._section("Cooperative approach")
        page.get_by_label("Name of the cooperative approach").fill("Ghana – Switzerland")
        page.get_by_role("button", name="Add another Party").click()
        page.get_by_label("Party 1").select_option(label="Ghana")
        page.get_by_label("Party 2").select_option(label="Switzerland")
        page.get_by_label("Title of the agreement").fill("Implementing agreement to the Paris Agreement")
        self._day("Day on which it was signed", "23 11 2020")
        self._day("First day of the approach", "1 1 2021")
        self._day("Last day of the approach", "31 12 2030")
        self._save("approach")

    def _entities(self) -> None:
        page = self._section("Entities")
        first = page.get_by_role("group", name="Entity 1")
        if not first.get_by_label("Name").input_value():
            first.get_by_label("Name").fill("Cookwell Ghana Ltd")
        first.get_by_label("Applicant: makes this application").check()
        first.get_by_label("Seller of the outcomes").check()
        page.get_by_role("button", name="Add another entity").click()
        second = page.get_by_role("group", name="Entity 2")
        second.get_by_label("Name").fill("Alpine Climate Foundation")
        second.get_by_label("Country").select_option(label="Switzerland")
        second.get_by_label("Number in the register of companies").fill("CHE-114.022.518")
        second.get_by_label("Acquirer of the outcomes").check()
        self._save("entities")

    def _uses(self) -> None:
        page = self._section("Uses and first transfer")
        page.get_by_label("NDC: another Party counts them").check()
        self._save("uses")

    def _volumes(self) -> None:
        page = self._section("Volumes")
        for row, (year, tonnes) in enumerate({2026: "40000", 2027: "80000", 2028: "100000"}.items()):
            page.get_by_role("group", name=f"Vintage {row + 1}").get_by_label("Year").fill(str(year))
            page.get_by_role("group", name=f"Vintage {row + 1}").get_by_label("t CO₂ eq").fill(tonnes)
        self._save("volumes")

    def _periods(self) -> None:
        page = self._section("Periods")
        self._day("First day on which outcomes may occur", "1 1 2026")
        self._day("Last day on which outcomes may occur", "31 12 2028")
        self._day("Last day of use", "31 12 2030")
        page.get_by_label("First year of the NDC period").fill("2021")
        page.get_by_label("Last year of the NDC period").fill("2030")
        self._save("periods")

    def check_and_submit(self) -> None:
        """Sees everything on one page, forgets the declaration once, and submits."""
        page = self.applicant
        self.look(page, "tasks")
        page.get_by_role("link", name="Check your answers").click()
        self.look(page, "check-answers")
        page.get_by_role("button", name="Submit").click()
        self.look(page, "check-answers-with-mistakes")
        page.get_by_label("I declare for Cookwell Ghana Ltd").check()
        page.get_by_role("button", name="Submit").click()
        assert "Your application was submitted." in page.get_by_role("status").inner_text()
        self.reference = page.locator(".over").inner_text()
        self.look(page, "case-submitted")

    # -- the desk -------------------------------------------------------------------------------------

    def office(self, function: Function) -> Page:
        """The page of the holder of an office at their inbox; at the first time they sign in."""
        if function not in self.at_work:
            self.at_work[function] = self.page_of()
            self._come_to_work(self.at_work[function], self.offices[function])
        page = self.at_work[function]
        page.goto("/desk/")
        if shows(page, "Code"):
            self.prove(page, function)
        return page

    def _come_to_work(self, page: Page, person: Somebody) -> None:
        sign_in(page, person.email, person.password)
        heading = page.get_by_role("heading", level=1).inner_text()
        if heading != "Second factor":
            return
        self.look(page, "second-factor")
        if person.secret:
            prove(page, person.secret)
        else:
            self._set_up_app(page, person)

    def _set_up_app(self, page: Page, person: Somebody) -> None:
        """An authenticator app is given the secret that the page shows."""
        page.get_by_role("link", name="Set up an authenticator app").click()
        if shows(page, "Set-up code"):
            page.get_by_label("Set-up code").fill(handed_over(person.email))
            self.look(page, "set-up-code")
            page.get_by_role("button", name="Go on").click()
            page.get_by_role("link", name="Set up an authenticator app").click()
        page.get_by_label("Password").fill(person.password)
        self.look(page, "confirm-password")
        page.get_by_role("button", name="Confirm").click()
        self.look(page, "authenticator-app")
        person.secret = "".join(page.locator(".digest span:not(.visually-hidden)").all_inner_texts())
        prove(page, person.secret)
        self.look(page, "recovery-codes")

    def return_for_completion(self) -> None:
        """The officer finds the case in the inbox and asks for what is missing."""
        page = self.office(Function.DESK_OFFICER)
        self.look(page, "inbox")
        page.get_by_role("row", name=self.reference).get_by_role("link", name="Check completeness").click()
        self.look(page, "completeness")
        assert not page.get_by_role("button", name="Accept for review").count()
        page.get_by_role("button", name="Return for completion").click()
        self.look(page, "returned")
        apart(outbox.deliver_due)
        page.get_by_role("link", name="Inbox").first.click()
        self.sign_in_office(page, Function.DESK_OFFICER)

    def complete(self) -> None:
        """The applicant gives what was missing."""
        page = self.applicant
        page.goto("/cases/")
        self.look(page, "cases")
        page.get_by_role("link", name=f"Answer {self.reference}").click()
        self.look(page, "answer")
        page.get_by_role("button", name="Send answers").click()
        self.look(page, "answer-with-mistakes")
        page.get_by_role("link", name="Go to “Tracking and terms”").click()
        page.get_by_label("Terms of change and revocation").fill(
            "After notice and a hearing, and only for what is not yet first transferred."
        )
        self._save("terms-again")
        self.look(page, "tasks-when-asked")
        page.get_by_role("link", name="Answer the authority").click()
        page.get_by_role("button", name="Send answers").click()
        assert "Your answers were sent to the authority." in page.get_by_role("status").inner_text()
        self.look(page, "completed")

    def accept_and_ask(self) -> None:
        """The officer accepts the application for review, and asks one question."""
        page = self.office(Function.DESK_OFFICER)
        self.look(page, "inbox-again")
        page.get_by_role("row", name=self.reference).get_by_role("link", name="Check completeness").click()
        page.get_by_role("button", name="Accept for review").click()
        self.look(page, "accepted")
        page.get_by_label("Question 1", exact=True).fill("How is the use of each stove metered?")
        page.locator("#ask").get_by_role("button").click()
        self.look(page, "asked")

    def answer(self) -> None:
        """The applicant answers the question."""
        page = self.applicant
        page.goto("/cases/")
        page.get_by_role("link", name=f"Answer {self.reference}").click()
        page.get_by_label("Your answer").fill("Every stove sends its meter reading once a day.")
        self.look(page, "answer-question")
        page.get_by_role("button", name="Send answers").click()
        self.look(page, "answered")

    def give_opinion(self) -> None:
        """The reviewer gives the opinion of the body; without reasons it is not taken."""
        page = self.office(Function.REVIEWER)
        self.look(page, "inbox-of-reviewer")
        page.get_by_role("row", name=self.reference).get_by_role("link").click()
        page.get_by_label("favourable", exact=True).check()
        page.get_by_role("button", name="Give the opinion").click()
        self.look(page, "opinion-with-mistakes")
        page.locator("#give_opinion_reasons").fill(
            "The baseline is sound, and metering is better than asked."
        )
        page.get_by_label("favourable", exact=True).check()
        page.get_by_role("button", name="Give the opinion").click()
        self.look(page, "opinion-given")

    def recommend(self) -> None:
        """The officer recommends approval, and answers what the rules say."""
        page = self.office(Function.DESK_OFFICER)
        page.get_by_role("row", name=self.reference).get_by_role("link", name="Recommend").click()
        self.look(page, "desk-work")
        page.get_by_label("approval", exact=True).check()
        page.locator("#recommend_reasons").fill("Complete, reviewed, and within the national budget.")
        for answer in page.locator("#recommend .answered-rule textarea").all():
            answer.fill("Considered; the letter says so.")
        page.locator("#recommend").get_by_role("button").click()
        self.look(page, "recommended")

    # -- decision and signature -----------------------------------------------------------------------

    def decide(self) -> None:
        """The head of the authority approves, and shows the second factor at the act."""
        page = self.office(Function.DECIDER)
        self.look(page, "inbox-of-head")
        page.get_by_role("row", name=self.reference).get_by_role("link", name="Decide").click()
        self.look(page, "decision")
        page.locator("#refuse").get_by_role("button", name="Refuse").click()
        self.look(page, "decision-with-mistakes")
        apart(an_hour_passes)
        page.locator("#approve").get_by_role("button", name="Approve").click()
        self.prove(page, Function.DECIDER)
        self.look(page, "decided")
        apart(outbox.deliver_due)

    def sign(self) -> None:
        """The minister reads the file, and signs exactly that one."""
        page = self.office(Function.SIGNER)
        self.look(page, "inbox-of-minister")
        self.sign_in_office(page, Function.SIGNER)

    def sign_in_office(self, page: Page, function: Function) -> None:
        """From the inbox, over the file and its digest, to the sealed letter."""
        page.get_by_role("row", name=self.reference).get_by_role("link", name="Sign the letter").click()
        self.look(page, "signing")
        signing = page.url
        self.number = page.locator(".over bdi").first.inner_text()
        read = _downloaded(page, "Read the letter")
        shown = "".join(page.locator(".digest span").all_inner_texts())
        assert hashlib.sha256(read.path().read_bytes()).hexdigest() == shown
        apart(an_hour_passes)
        page.get_by_role("button", name="Sign this letter").click()
        if not self.offices[function].secret:
            # Who needs no second factor to sign in is led to setting one up at the first signature.
            self._set_up_app(page, self.offices[function])
            page.goto(signing)
            page.get_by_role("button", name="Sign this letter").click()
        self.prove(page, function)
        self.look(page, "signed")
        apart(outbox.deliver_due)
        page.goto(signing)
        assert "The letter is sealed and issued." in page.get_by_role("main").inner_text()
        self.look(page, "issued")

    def prove(self, page: Page, function: Function) -> None:
        """Shows the second factor at the act."""
        heading = page.get_by_role("heading", level=1).inner_text()
        assert heading == "Confirm that it is you", heading
        self.look(page, "confirm")
        prove(page, self.offices[function].secret)

    # -- the letter in the world ------------------------------------------------------------------------

    def download(self, folder: Path) -> None:
        """The applicant downloads the signed letter: it is the one that was issued, to the last byte."""
        page = self.applicant
        page.goto("/cases/")
        page.get_by_role("link", name=self.reference).click()
        self.look(page, "case-granted")
        signed = _downloaded(page, f"Download {self.number}")
        signed.save_as(folder / signed.suggested_filename)
        letter = apart(lambda: Letter.objects.get(number=self.number))
        self.code = letter.code
        assert hashlib.sha256(signed.path().read_bytes()).hexdigest() == letter.signed_sha256

    def check(self) -> None:
        """Anybody checks the letter by its code, finds it in the register, and may not see the case."""
        page = self.page_of()
        page.goto("/check/")
        self.look(page, "check")
        page.get_by_label("Code of the letter").fill("not a code")
        page.get_by_role("button", name="Check the letter").click()
        self.look(page, "check-with-mistakes")
        page.goto("/check/")
        page.get_by_label("Code of the letter").fill(self.code.lower().replace("-", " "))
        page.get_by_role("button", name="Check the letter").click()
        assert "Yes, it was issued" in page.get_by_role("main").inner_text()
        assert page.url.endswith(f"/check/{self.code}/")
        self.look(page, "check-genuine")
        page.get_by_role("link", name="Register", exact=True).click()
        self.look(page, "register")
        page.get_by_role("row", name=TITLE).get_by_role("link").first.click()
        self.look(page, "register-entry")
        page.get_by_role("link", name=f"Check this letter {self.number}").click()
        assert "Yes, it was issued" in page.get_by_role("main").inner_text()
        page.goto("/cases/")
        assert page.get_by_role("heading", level=1).inner_text() == "Sign in"


def _downloaded(page: Page, name: str) -> Download:
    with page.expect_download() as downloading:
        page.get_by_role("main").get_by_role("link", name=name).first.click()
    return downloading.value
