"""What people set up for their work: views, answers, macros, custom fields. One file per thing."""
