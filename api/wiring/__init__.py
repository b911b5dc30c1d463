"""Parts of the wiring, by what they open. With api.main the only modules that name adapters."""
