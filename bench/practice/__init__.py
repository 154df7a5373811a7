"""A made-up practice of any size, the same every time, on either database, served over HTTP.

`rows` makes up the answers, `build` fills a database with them (a process of its own, because
Django is set up once per process), `served` starts the server and asks it, `counting` has every
answer say how many SQL statements it took.
"""
