"""The contract compiler: OpenAPI and AsyncAPI documents in; code, checks and pages out."""
