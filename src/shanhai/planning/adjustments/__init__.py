"""Changes of a plan or a project: who asks, who may approve, and what it does to the shares."""
