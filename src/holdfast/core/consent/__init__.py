"""Consent per purpose: versioned, with the exact words, given and withdrawn by the person.

Owns consents and the texts that were shown. Other capabilities ask `facade`; what was withdrawn is
kept on the client's record, too (`Client.has_withdrawn`), so that it holds from the next request on
and costs no statement. Start with `texts.current`, `actions.give`, `actions.withdraw`.
"""
