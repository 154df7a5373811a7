"""The shared safety plan: six steps in a person's own words.

The steps follow Stanley and Brown's safety planning intervention (Cogn Behav Pract 2012;19:256-264,
doi:10.1016/j.cbpra.2011.01.001); its printed template is copyrighted, so the headings on screen are
ours. Every version is kept, sealed with the practice's key. Imports `core` only. Start from
`actions.write_plan`, `queries.latest` and `engine.STEPS`.
"""
