"""OpenID Connect, seen from the side that relies on a provider."""
