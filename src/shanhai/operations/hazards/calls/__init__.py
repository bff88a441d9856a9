"""Call and answer: who is told over which channel, who has answered, who is called next."""

# Until incidents, which come above, call them.
AWAITED = (
    "shanhai.operations.hazards.calls.services.calling.call_out",
    "shanhai.operations.hazards.calls.services.calling.end_calls",
    "shanhai.operations.hazards.calls.selectors.calls.calls_of",
    "shanhai.operations.hazards.calls.selectors.calls.sirens_of",
)
