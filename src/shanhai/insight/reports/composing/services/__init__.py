"""Writing bulletins and their way through the hands of those who sign them."""
