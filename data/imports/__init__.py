"""How files come in: read, recognise, match the communes, check, compare, publish. Nothing is written before the last step.

::

    file ─▶ Table ─▶ Recognition ─▶ Parsed ─▶ places matched ─▶ problems ─▶ Diff ─▶ one import
           reading   formats        formats    places            checks      diff    publish

Each arrow is one module; `model` holds the values that travel between them. A `Draft` is all of them for one file and one set of
`Choices`: the page and the command line make one, show it, and publish it or not.
"""
