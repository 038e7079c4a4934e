"""The HTTP API for other programs, `/api/v1`: its OpenAPI document and `docs/api.md` say what it offers."""
