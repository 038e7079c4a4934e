"""mailbot reads the opt-in and opt-out letters of TSB Circular 118 and keeps the flags they set."""
