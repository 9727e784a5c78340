"""gRPC: the service `schema_registry.v1.SchemaRegistry`, over the same index and the same judgement as REST."""
