"""OpenTelemetry: spans of requests (FastAPI makes them), of extraction and of the store, sent to a collector.

What is recorded names routes, methods and statuses; no queries, since those may say what nobody else is to read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry import trace
from starlette.types import Scope

from app.settings import Settings, SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

SERVICE = "entente"
REQUESTS_OF_FASTAPI = "fastapi.telemetry"
"""What FastAPI keeps in the scope of a request while it records a span for it."""

QUERY = "url.query"
HIDDEN = "not recorded"


def tracing(settings: Settings) -> TracerProvider | None:
    """What sends spans to the address that is set, if one is. Raises `SettingsError` where the extra is missing."""
    if settings.traces is None:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
    except ImportError:
        raise SettingsError(
            "ENTENTE_TRACES is set, and what sends traces is not installed: pip install 'entente-news[telemetry]'"
        ) from None

    class Sending(BatchSpanProcessor):
        def on_start(self, span: trace.Span, parent_context: object = None) -> None:
            if QUERY in getattr(span, "attributes", ()):
                span.set_attribute(QUERY, HIDDEN)

    sampler = ParentBasedTraceIdRatio(settings.traces_share)
    provider = TracerProvider(sampler=sampler, resource=Resource.create({"service.name": SERVICE}))
    provider.add_span_processor(Sending(OTLPSpanExporter(settings.traces)))
    return provider


@contextmanager
def sending(provider: TracerProvider | None) -> Iterator[None]:
    """Record spans while the block runs, and send the last ones at its end."""
    if provider is None:
        yield
        return
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()


def current_ids() -> dict[str, str]:
    """The trace and the span that are recorded at the moment, for log lines."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    return {"trace_id": trace.format_trace_id(context.trace_id), "span_id": trace.format_span_id(context.span_id)}


def name_span(scope: Scope, template: str) -> None:
    """Name the span of a request that no router has seen after its route."""
    span = trace.get_current_span()
    span.set_attribute("http.route", template)
    span.update_name(f"{scope['method']} {template}")
