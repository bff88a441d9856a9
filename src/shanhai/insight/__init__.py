"""What is said and shown of the programme, with its proof: evidence, reports, exchange with others."""
