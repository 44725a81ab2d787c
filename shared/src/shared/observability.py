"""Traces by OpenTelemetry, off unless a collector is named."""

from importlib import import_module

INSTRUMENTED = (
    ("opentelemetry.instrumentation.sqlalchemy", "SQLAlchemyInstrumentor"),
    ("opentelemetry.instrumentation.asyncpg", "AsyncPGInstrumentor"),
    ("opentelemetry.instrumentation.httpx", "HTTPXClientInstrumentor"),
    ("opentelemetry.instrumentation.redis", "RedisInstrumentor"),
)


def configure_tracing(service: str, endpoint: str | None) -> None:
    """Send spans of HTTP, SQL and Redis to the OTLP collector at `endpoint`; do nothing without one."""
    if not endpoint:
        return
    trace = import_module("opentelemetry.trace")
    sdk = import_module("opentelemetry.sdk.trace")
    resources = import_module("opentelemetry.sdk.resources")
    export = import_module("opentelemetry.sdk.trace.export")
    otlp = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    provider = sdk.TracerProvider(resource=resources.Resource.create({"service.name": service}))
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")))
    trace.set_tracer_provider(provider)
    for module, name in INSTRUMENTED:
        getattr(import_module(module), name)().instrument()
