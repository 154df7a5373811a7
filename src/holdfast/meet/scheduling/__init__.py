"""Appointments: when somebody is there, what is free, what is booked, and what waits for it.

Owns availability rules and exceptions, kinds of appointment, places with their rooms and
equipment, appointments with their participants, series, reservations, and the waiting list for
earlier times. A booking plans an encounter for each of its clients and moves and cancels it
(`meet.encounters.facade`). May import `core` and the facades of `safety`, `sense` and `encounters`.

Start from `engine.free_slots` (what is free, pure), `booking.book` (the only way to a booking) and
`models.Reservation` (the one table in which the database itself refuses two at once).
"""
