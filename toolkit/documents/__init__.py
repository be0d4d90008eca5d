"""Documents that an association downloads and fills in: from plain data to DOCX, ODT and PDF.

An `Outline` says what a document holds; three writers turn it into a file. Nothing here knows of
Django's models, so that a document can be composed from anything.
"""
