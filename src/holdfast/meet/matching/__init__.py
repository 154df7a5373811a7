"""Who of the practice fits a person: profiles, licences, the short intake, enquiries, waiting."""
