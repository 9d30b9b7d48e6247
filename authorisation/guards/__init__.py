"""Why a step of a case may not be taken, by subject, each reason a sentence.

Guards look at the case and the actor; needs look at the case and the facts handed in with the act.
All of them yield reasons and never raise. They run inside the door, after the case is locked.
"""
