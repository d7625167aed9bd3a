"""Who is on duty, who should be, and what happens when nobody is."""
