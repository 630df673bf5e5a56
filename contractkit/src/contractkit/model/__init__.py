"""The intermediate model: OpenAPI and AsyncAPI documents, immutable and resolved."""
