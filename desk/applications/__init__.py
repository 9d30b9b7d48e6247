"""The applicant's journey in the browser: opening, writing, checking, submitting, answering."""
