"""Reading workbooks, and writing them."""
