"""A procedure of a country that ships none, as small as one can be, for tests that break or walk it."""

# Vanuatu is a Party without a procedure of its own here; what stands in this file is made up.
SMALL = """\
version = "VUT/2026-1"
party = "VUT"
name = { en = "Made-up procedure", fr = "Procédure inventée" }
as_of = 2026-01-15
in_force_from = 2026-02-01

[[sources]]
title = "Made-up Act"
citation = "Section 6"
address = "https://example.org/act"

[calendar]
weekend = ["saturday", "sunday"]
years = [2026, 2027]

[calendar.holidays]
2026-03-05 = "Custom Chiefs' Day"
2026-07-30 = "Independence Day"

[bodies.board]
name = { en = "Climate board" }
members = 3
quorum = 2
majority = "simple"
silence = "abstains"

[bodies.forestry]
name = { en = "Department of forestry" }
sectors = ["Forestry and land use"]

[clocks.retention]
days = 90
unit = "calendar"
owner = "applicant"
remind = [14]

[clocks.completeness]
days = 10
unit = "working"
owner = "desk_officer"
remind = [2]
escalate_to = "director"

[clocks.applicant]
days = 30
unit = "calendar"
owner = "applicant"

[clocks.review]
days = 20
unit = "working"
owner = "board"
escalate_to = "director"

[clocks.decision]
days = 10
unit = "working"
owner = "decider"
escalate_to = "director"

[clocks.signature]
days = 5
unit = "working"
owner = "signer"
escalate_to = "director"

[kinds.no_objection]
bodies = ["board"]
deciding = { function = "decider", unit = "department" }
signing = [{ function = "signer", unit = "minister" }]
validity = { months = 18, remind = [60] }

[kinds.consolidated]
prerequisites = ["no_objection"]
bodies = ["board"]
routed = true
deciding = { function = "decider", unit = "department", title = { en = "Department of climate change" } }
signing = [
    { function = "director", title = { en = "Director" } },
    { function = "signer", unit = "minister", title = { en = "Minister" } },
]
letter = { en = "Letter of authorisation" }
host_share = 2
host_share_most = 5

[[kinds.consolidated.documents]]
type = "activity-design"
name = { en = "Activity design document" }
stage = "review"

[[kinds.consolidated.questions]]
code = "land"
question = { en = "Whose land is it?" }

[[kinds.consolidated.fees]]
stage = "submission"
amount = 150.50
currency = "VUV"
applies_to = "foreigners"
basis = "Fees Order"

[assumptions]
"clocks.review" = "The Act gives no days."
"kinds.consolidated.signing.1" = "Who signs first was not found."
"""

# What national oversight adds to it; again all made up.
LISTS = """\
[lists.priorities]
sort = "positive"
name = { en = "Priority activities", fr = "Activités prioritaires" }
force = "binding"
source = "Made-up Act, first schedule"
from = 2026-02-01

[[lists.priorities.entries]]
name = { en = "Solar power for islands" }
sectors = ["Energy generation"]
activity_types = ["Solar"]

[[lists.priorities.entries]]
name = { en = "Efficient stoves" }
activity_types = ["Energy Efficiency households"]
from = 2026-02-01
until = 2027-12-31
source = "Order of 2026"

[[lists.priorities.entries]]
name = { en = "Mangroves" }
sectors = ["Forestry and land use"]
technologies = ["mangrove", "mangroves"]

[lists.small_scale]
sort = "automatic"
name = { en = "Additional without proof" }
source = "Made-up Act, second schedule"

[[lists.small_scale.entries]]
name = { en = "Efficient stoves" }
activity_types = ["Energy Efficiency households"]

[lists.own_measures]
sort = "negative"
name = { en = "Reserved for the country", fr = "Réservé au pays" }
force = "binding"
source = "Made-up Act, third schedule"

[[lists.own_measures.entries]]
name = { en = "Hydropower above 5 MW" }
activity_types = ["Hydro"]
until = 2026-12-31

[[lists.own_measures.entries]]
name = { en = "Nuclear power" }
technologies = ["nuclear", "uranium"]

[eligible]
force = "binding"

[[eligible.standards]]
name = "GS"
also = ["Gold Standard"]
source = "Order of 2026"

[[eligible.standards]]
name = "VCS"
from = 2026-07-01
source = "Order of 2026"

[[eligible.methodologies]]
name = "TPDDTEC"
until = 2026-12-31
source = "Order of 2026"

[[eligible.methodologies]]
name = "AMS-II.G"
source = "Order of 2026"

[[ndc]]
name = { en = "First contribution", fr = "Première contribution" }
years = [2021, 2030]
from = 2021-01-01
source = "Contribution communicated in 2021"
sectors = ["Energy generation", "Waste management"]
gases = ["CO2", "CH4"]
outside = { force = "warning", conditions = { en = "the inventory covers it" }, source = "Made-up Act" }
budget = { tonnes = 10000, force = "binding", source = "Budget Order" }

[[ndc.targets]]
name = { en = "Half of all power from the sun" }
conditional = false
force = "binding"
activity_types = ["Solar"]

[[ndc.targets]]
name = { en = "Stoves for every household" }
conditional = true
activity_types = ["Energy Efficiency households"]
source = "Table 3"
"""


# What it asks after the letter, and who it tells; again all made up.
AFTERCARE = """\
[[kinds.consolidated.obligations]]
code = "community_agreement"
sort = "condition"
name = { en = "A registered community development agreement", fr = "Un accord communautaire" }
evidence = { en = "the agreement as registered" }
basis = "Made-up Act, section 9"

[[kinds.consolidated.obligations]]
code = "progress_report"
name = { en = "Report on progress" }
months = 6
every = 6
remind = [30, 7]

[[kinds.consolidated.obligations]]
code = "start"
name = { en = "Start of the activity" }
months = 12
escalate_to = "desk_officer"

[[kinds.consolidated.obligations]]
code = "plan"
name = { en = "Plan for sharing benefits" }
on = 2027-06-30

[[kinds.consolidated.obligations]]
code = "fee_at_issuance"
name = { en = "Fee for what is issued" }
since = "issuance"
days = 30
amount = 0.2
currency = "USD"
per_tonne = true

[[kinds.consolidated.obligations]]
code = "first_issuance_report"
name = { en = "Account of the first issuance" }
since = "issuance"
once = true
days = 60

[told.counterpart]
days = 10
basis = "Agreement, article 7"

[told.standard]
needed = false
"""


def changed(*changes: tuple[str, str]) -> str:
    """The small file with each first text replaced by its second; the first must stand in it."""
    text = SMALL
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return text
