"""Which extractor reads the articles, as the settings have it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.extraction.chat import Endpoint, Limits
from app.extraction.extractor import EntenteExtractor, ExplainingExtractor, ExtractorName
from app.ingest.workers import LONGEST_TASK
from app.language.shipped import check_model
from app.settings import Settings, SettingsError


def extractor_maker(settings: Settings, name: ExtractorName | None = None) -> Callable[[], ExplainingExtractor]:
    """What makes the extractor called ``name``, else the one that is set, in this process or another.

    Raises `SettingsError` where a setting is missing that it needs, `BrokenModel` where the language model is.
    """
    if (name or settings.extractor) is ExtractorName.ENTENTE:
        check_model(settings.language_model)
        return partial(EntenteExtractor, settings.language_model)
    if not settings.llm_url or not settings.llm_model:
        missing = "ENTENTE_LLM_URL" if not settings.llm_url else "ENTENTE_LLM_MODEL"
        raise SettingsError(f"{missing} is not set: the extractor llm asks the model of that name at that address")
    from app.extraction.llm import LlmExtractor

    key = settings.llm_key.get_secret_value() if settings.llm_key else None
    limits = Limits(seconds=settings.llm_seconds)
    return partial(LlmExtractor, Endpoint(settings.llm_url, settings.llm_model, key), limits)


def longest_task(settings: Settings) -> float:
    """Seconds after which a worker's task is given up: no sooner than the extractor itself would."""
    return max(LONGEST_TASK, settings.llm_seconds + 10)
