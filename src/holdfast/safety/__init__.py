"""What a score means for urgency, who hears of it and by when; crisis lines and safety plans."""
