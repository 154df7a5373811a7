"""Group programmes: a curriculum of sessions, who leads it, who belongs, what was agreed, who came.

Owns programmes with their sessions and facilitators, enrolments with the name somebody chose, the
rules that were agreed, and what a facilitator wrote of attendance. Sessions are group appointments
(`meet.scheduling`), attendance follows from their visits (`meet.encounters`), and between sessions
there is a sealed thread (`meet.messages`); this capability says who may belong to it and under
which name. May import `core` and the facades of those three.

Start from `engine` (times, places, presence: pure), `enrolling` (every change of who belongs) and
`standing` (who may read the thread now).
"""
