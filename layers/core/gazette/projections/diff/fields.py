"""Compares two revisions of a document, field by field.

Texts are compared without markup: paragraphs first, then the words of changed paragraphs. The work
is bounded for any input.
"""

from collections.abc import Iterator, Sequence

from gazette.models.characters import one_line
from gazette.models.contract.canonical import document_form
from gazette.models.contract.document import Attachment, EventDocument, Image, Source
from gazette.models.limits import MAX_DIFF_PARAGRAPHS
from gazette.models.texts.english import TEXTS
from gazette.models.views.diff import DiffKind, DiffRun, FieldChange
from gazette.projections.diff.alignment import changed_ranges
from gazette.projections.diff.paragraph_pairs import (
    MIN_SIMILARITY,
    PairingBudget,
    paragraph_pairs,
)
from gazette.projections.diff.words import Words, compare_words, similarity
from gazette.projections.history.entries import source_ref
from gazette.projections.markup.body import body_html, plain_text


def _label(key: str) -> str:
    """Return a label as the ledger has it, in English; a page shows it in its own language."""
    return str(TEXTS[key])


OTHER = FieldChange(
    _label("field.other"), ((DiffRun(DiffKind.INSERTED, _label("difference.other")),),)
)
NOTE = _label("field.note")

# A changed date or topic is another one: its words are not compared.
_ATOMIC = {_label("field.date"), _label("field.topics")}

_Paragraphs = Iterator[tuple[DiffRun, ...]]


def differences(
    before: EventDocument | None, after: EventDocument | None, base_url: str
) -> tuple[FieldChange, ...]:
    """Compare two documents field by field; only fields that differ are returned.

    A first version, a withdrawal and a version after a withdrawal have no differences: all of their
    text would be inserted or deleted, and their label says so. The same bytes uploaded after they
    were erased have none either, however each of the two was read.
    """
    if before is None or after is None:
        return ()
    old, new = _plain_fields(before, base_url), _plain_fields(after, base_url)
    changes = tuple(
        FieldChange(label, tuple(_compared(old[label], new[label], is_atomic=label in _ATOMIC)))
        for label in old
        if old[label] != new[label]
    )
    return changes or tuple(_hidden_changes(before, after))


def _hidden_changes(before: EventDocument, after: EventDocument) -> Iterator[FieldChange]:
    """Yield what differs if no field does: a new note, and what no reader sees."""
    old, new = (tuple(filter(None, [_note(each)])) for each in (before, after))
    has_note = bool(new) and old != new
    if has_note:
        yield FieldChange(NOTE, tuple(_compared(old, new, is_atomic=False)))
    forms = [document_form(each) for each in (before, after)]
    names = {name for form in forms for name in form}
    changed = {name for name in names if forms[0].get(name) != forms[1].get(name)}
    # A new note comes with a kind and a date of its own.
    if changed - {"revision", "modified"} or (changed and not has_note):
        yield OTHER


def _note(document: EventDocument) -> str | None:
    return document.revision.note if document.revision else None


def _plain_fields(document: EventDocument, base_url: str) -> dict[str, tuple[str, ...]]:
    """Return the paragraphs of each field as plain text, in the order of the page."""
    fields: dict[str, Sequence[str | None]] = {
        _label("field.title"): [document.title],
        _label("field.date"): [document.date.isoformat()],
        _label("field.topics"): document.topics,
        _label("field.category"): [document.category],
        _label("field.summary"): [one_line(document.summary or "")],
        _label("field.text"): plain_text(body_html(document.body or "", base_url)).split("\n\n"),
        _label("field.sources"): [_source_line(source) for source in document.sources],
        _label("field.attachments"): list(map(_attachment_line, document.attachments)),
        _label("field.image"): _image_lines(document.image),
        _label("field.byline"): [", ".join(document.bylines)],
        _label("field.guid"): [document.guid],
        _label("field.aliases"): document.aliases,
    }
    return {label: tuple(filter(None, paragraphs)) for label, paragraphs in fields.items()}


def _source_line(source: Source) -> str:
    shown = source_ref(source)
    return ", ".join(filter(None, (shown.title, shown.publisher, shown.published)))


def _attachment_line(attachment: Attachment) -> str:
    return f"{attachment.title}, {attachment.key or attachment.url}"


def _image_lines(image: Image | None) -> Sequence[str | None]:
    return (image.alt, image.credit, image.key or image.url) if image else ()


def _compared(before: Sequence[str], after: Sequence[str], *, is_atomic: bool) -> _Paragraphs:
    budget, kept = PairingBudget(), 0
    for changed in changed_ranges(before, after):
        yield from _all(DiffKind.KEPT, after[kept : changed.after_start])
        old = before[changed.before_start : changed.before_end]
        new = after[changed.after_start : changed.after_end]
        kept = changed.after_end
        if is_atomic or len(old) + len(new) > MAX_DIFF_PARAGRAPHS:
            yield from _all(DiffKind.DELETED, old)
            yield from _all(DiffKind.INSERTED, new)
        else:
            yield from _paragraphs_by_word(list(map(Words, old)), list(map(Words, new)), budget)
    yield from _all(DiffKind.KEPT, after[kept:])


def _all(kind: DiffKind, paragraphs: Sequence[str]) -> _Paragraphs:
    return ((DiffRun(kind, text),) for text in paragraphs)


def _paragraphs_by_word(
    before: list[Words], after: list[Words], budget: PairingBudget
) -> _Paragraphs:
    """Compare by word the paragraphs that replace each other."""
    for old, new in paragraph_pairs(before, after, budget):
        if old and new and similarity(old, new) >= MIN_SIMILARITY:
            yield compare_words(old, new)
            continue
        if old:
            yield (DiffRun(DiffKind.DELETED, old.text),)
        if new:
            yield (DiffRun(DiffKind.INSERTED, new.text),)
