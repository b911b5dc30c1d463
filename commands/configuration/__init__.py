"""Commands on what people set up for their work. One file per thing; `owned` is whose it is."""
