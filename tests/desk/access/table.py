"""The whole table: a row for every address of the site."""

from tests.desk.access.of_acts import OF_ACTS
from tests.desk.access.of_aftercare import AFTERWARDS
from tests.desk.access.of_cases import OF_APPLICANTS, OF_THE_AUTHORITY
from tests.desk.access.of_dossiers import OF_DOSSIERS
from tests.desk.access.of_exports import OF_EXPORTS
from tests.desk.access.of_people import OF_OFFICES, OF_ORGANISATIONS
from tests.desk.access.of_programs import OF_PROGRAMS
from tests.desk.access.of_recording import OF_RECORDING
from tests.desk.access.of_sign_in import ADMINISTRATION, ON_THE_WAY_IN, OWN_ACCOUNT, PUBLIC
from tests.desk.access.of_webhooks import OF_WEBHOOKS
from tests.desk.access.rows import Row

ROWS: list[Row] = [
    *OF_APPLICANTS,
    *OF_THE_AUTHORITY,
    *AFTERWARDS,
    *OF_RECORDING,
    *OF_ACTS,
    *OF_ORGANISATIONS,
    *OF_OFFICES,
    *ON_THE_WAY_IN,
    *OWN_ACCOUNT,
    *ADMINISTRATION,
    *PUBLIC,
    *OF_PROGRAMS,
    *OF_WEBHOOKS,
    *OF_EXPORTS,
    *OF_DOSSIERS,
]
