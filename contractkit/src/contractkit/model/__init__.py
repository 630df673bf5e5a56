"""The intermediate model: what OpenAPI and AsyncAPI documents say, frozen and resolved."""
