"""FHIR R4's Observation and QuestionnaireResponse as totals, item answers and self-harm answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cocm_bot.domain.exchange.fhir.codes import (
    ANSWERS,
    LOINC,
    NO_ITEM,
    ORDINAL,
    PANELS,
    SNOMED,
    SNOMED_TOTALS,
    TOTALS,
    item_of,
    linked,
    measure_named,
)
from cocm_bot.domain.exchange.fhir.patients import (
    FhirNotes,
    Moment,
    Resource,
    codings,
    concept_text,
    mappings_in,
)
from cocm_bot.domain.exchange.notes import NoteKind
from cocm_bot.domain.exchange.trackers import values
from cocm_bot.domain.measures.catalogue import Measure
from cocm_bot.domain.settings.policy import CarePolicy

STANDING = frozenset({"final", "amended", "corrected", "completed"})
"""The statuses of what counts."""
_SIMPLE = ("valueInteger", "valueDecimal", "valueString")
GONE = frozenset({"entered-in-error", "cancelled", "stopped"})


@dataclass
class Measured:
    """The values of one measure in the resources of one patient and local day."""

    measure: Measure
    at: float | None = None
    totals: list[float] = field(default_factory=list)
    items: dict[int, int] = field(default_factory=dict)


Found = dict[tuple[date, str], Measured]


@dataclass(frozen=True)
class MeasureReader:
    """Reads one patient's measuring resources, by the measures the registry asks for."""

    policy: CarePolicy
    told: FhirNotes

    def read(self, resource: Resource, found: Found) -> None:
        """Take what a resource says into what was found; what is not understood is noted."""
        status = str(resource.get("status"))
        if status in GONE:
            self.told.add(NoteKind.LEFT, resource, "status", status, "withdrawn by its source")
            return
        if status not in STANDING:
            self.told.add(NoteKind.ASKED, resource, "status", status, "not final: not taken")
            return
        if resource.get("resourceType") == "QuestionnaireResponse":
            self._response(resource, found)
        else:
            self._observation(resource, found)

    def _into(self, resource: Resource, when: object, name: str, found: Found) -> Measured | None:
        """Return where a measure of a resource's day is kept; None, noted, where it can't be."""
        moment = Moment(when, self.policy)
        measure = self.policy.measure(name)
        if moment.day is None:
            self.told.add(NoteKind.ASKED, resource, "date", when, "no day: not taken")
            return None
        if measure is None:
            why = "the registry does not ask for this measure: not taken; choose it, then import"
            self.told.add(NoteKind.ASKED, resource, "code", name, why)
            return None
        return found.setdefault((moment.day, name), Measured(measure, moment.at))

    def _response(self, resource: Resource, found: Found) -> None:
        named = measure_named(str(resource.get("questionnaire") or ""))
        answered: dict[tuple[str, int], int] = {}
        for item in _items(resource):
            link = str(item.get("linkId") or "")
            place = linked(link, named)
            if link.strip("/") in NO_ITEM:
                self.told.add(NoteKind.LEFT, resource, "item", link, "asked beside the items: no part of it")
            elif place is None:
                if item.get("answer"):
                    self.told.add(NoteKind.ASKED, resource, "item", link, "an unknown item: not taken")
            else:
                for answer in mappings_in(item, "answer"):
                    points = self._points(resource, answer, place[0])
                    if points is not None:
                        answered[place] = points
        for (name, number), points in answered.items():
            into = self._into(resource, resource.get("authored"), name, found)
            if into is None:
                return
            into.items[number] = points
        if not answered:
            self.told.add(NoteKind.ASKED, resource, "item", None, "no item the bot knows: not taken")

    def _observation(self, resource: Resource, found: Found) -> None:
        when = resource.get("effectiveDateTime") or _start(resource) or resource.get("effectiveInstant")
        parts = mappings_in(resource, "component")
        understood = False
        for each in [resource, *parts]:
            for coding in codings(each.get("code")):
                code, system = str(coding.get("code") or ""), coding.get("system")
                total = SNOMED_TOTALS.get(code) if system == SNOMED else self._total_of(code, system, each)
                item = item_of(code) if system in (LOINC, None) else None
                if total or item:
                    understood = True
                    self._observed(resource, each, when, total, item, found)
                    break
        if not understood:
            code = concept_text(resource.get("code"))
            self.told.add(NoteKind.LEFT, resource, "code", code, "an observation of something else")

    def _total_of(self, code: str, system: object, each: Resource) -> str | None:
        """Return whose total a LOINC code is; a panel's code too, where the panel itself has a value."""
        if system not in (LOINC, None):
            return None
        panel = next((name for name, known in PANELS.items() if known == code), None)
        return TOTALS.get(code) or (panel if any(name.startswith("value") for name in each) else None)

    def _observed(
        self,
        resource: Resource,
        each: Resource,
        when: object,
        total: str | None,
        item: tuple[str, int] | None,
        found: Found,
    ) -> None:
        if item is not None:
            points = self._points(resource, each, item[0])
            into = self._into(resource, when, item[0], found) if points is not None else None
            if into is not None and points is not None:
                into.items[item[1]] = points
            return
        into = self._into(resource, when, str(total), found)
        if into is not None:
            score = self._score(resource, each, into.measure)
            if score is not None:
                into.totals.append(score)

    def _score(self, resource: Resource, each: Resource, measure: Measure) -> float | None:
        quantity = each.get("valueQuantity")
        if isinstance(quantity, Mapping):
            if quantity.get("comparator"):
                told = f"{quantity['comparator']}{quantity.get('value')}"
                self.told.add(NoteKind.ASKED, resource, "valueQuantity", told, "no exact number: not taken")
                return None
            given = quantity.get("value")
        else:
            given = next(
                (each[name] for name in ("valueInteger", "valueDecimal", "valueString") if name in each), None
            )
        if given is None:
            self.told.add(NoteKind.ASKED, resource, "value", None, "no number: not taken")
            return None
        read = values.score(given if isinstance(given, int | float) else str(given), measure)
        if read.kind is not None:
            self.told.add(read.kind, resource, "value", given, read.why)
        return read.value

    def _points(self, resource: Resource, answer: Mapping[str, Any], name: str) -> int | None:
        """Return the points of one answer: by its ordinal, its code, or the number itself."""
        coding = answer.get("valueCoding") or next(iter(codings(answer.get("valueCodeableConcept"))), None)
        given: Any = None
        if isinstance(coding, Mapping):
            given = _ordinal(coding)
            if given is None and coding.get("system") in (LOINC, None):
                given = ANSWERS.get(str(coding.get("code")))
            given = coding.get("code") if given is None else given
        elif isinstance(answer.get("valueQuantity"), Mapping):
            given = answer["valueQuantity"].get("value")
        else:
            given = next((answer[each] for each in _SIMPLE if each in answer), None)
        measure = self.policy.measure(name)
        most = measure.most_per_item if measure else 3
        read = values.answer(given if isinstance(given, int | float) else str(given), most)
        if read.value is None:
            self.told.add(NoteKind.ASKED, resource, "answer", given, "an unknown answer: not taken")
        return read.value


def _ordinal(coding: Resource) -> int | float | None:
    for extension in mappings_in(coding, "extension"):
        if str(extension.get("url", "")).endswith(ORDINAL):
            value = extension.get("valueDecimal", extension.get("valueInteger"))
            if isinstance(value, int | float):
                return value
    return None


def _start(resource: Resource) -> object:
    period = resource.get("effectivePeriod")
    return period.get("start") if isinstance(period, Mapping) else None


def _items(resource: Resource) -> Iterator[Resource]:
    """Return the items of a response, those inside others too."""
    for item in mappings_in(resource, "item"):
        yield item
        yield from _items(item)
