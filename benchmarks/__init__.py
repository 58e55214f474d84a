"""What the project claims about speed, measured beside what a user would pick instead."""
