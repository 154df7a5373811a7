"""`make canary`: whether anything that somebody wrote can be found on the server's side."""
