"""Bulletins: composed from figures and text, signed off, frozen, and written as DOCX, PDF and XLSX."""
