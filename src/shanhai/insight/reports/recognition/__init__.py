"""What others have published, praised and honoured, and the library of cases."""
