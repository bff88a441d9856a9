"""Who is sent to which post, from when until when, and what they teach there."""
