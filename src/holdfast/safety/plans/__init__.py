"""The safety plan: six steps in a person's own words, which the server cannot read.

The steps follow Stanley and Brown's safety planning intervention (Cogn Behav Pract 2012;19:256-264,
doi:10.1016/j.cbpra.2011.01.001); its printed template is copyrighted, so the headings on screen are
ours. The plan is an item of the vault of kind `safety-plan`; its words, its versions and its grants
are `core.vault`'s. Here is what is the plan's own: to whom it may be granted beside the care team
(`audience`), how a reader gets it, and what a clinician proposes, sealed to the person
(`proposals`). Imports `core` and the facade of `flags`. Start from `audience.readers` and `api`.
"""
