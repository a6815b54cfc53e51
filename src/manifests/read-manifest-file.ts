import { unnamedObject, type Decoded } from '../cluster/decode.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import { readDocument, type ManifestDocument } from './document.ts';
import { keptOf, withKept } from './last-good.ts';
import { fileRef, type Entry, type ManifestFile } from './manifest-file.ts';
import { splitDocuments, type DocumentText } from './split-documents.ts';

/** A place in a file that holds nothing but a mistake. */
const mistake = (subject: ObjectRef, line: number, expected: string): Entry => ({
  subject,
  problems: [{ code: 'InvalidManifest', subject, field: [], expected, consequence: 'the document is ignored' }],
  lineOf: () => line,
});

const entryOf = (path: string, decoded: Exclude<Decoded, { outcome: 'ignored' }>, lineOf: Entry['lineOf']): Entry => {
  const { problems } = decoded;
  if (decoded.outcome === 'object') {
    const { object } = decoded;
    return { subject: object.resource.ref, object, problems, lineOf };
  }
  if (decoded.subject !== unnamedObject) return { subject: decoded.subject, problems, lineOf };
  const subject = fileRef(path, lineOf([]));
  return { subject, problems: problems.map((problem) => ({ ...problem, subject })), lineOf };
};

const entriesOf = (path: string, document: ManifestDocument, line: number): readonly Entry[] => {
  if (document.mistake !== undefined) {
    const at = line - 1 + document.mistake.line;
    return [mistake(fileRef(path, at), at, `valid YAML (${document.mistake.message})`)];
  }
  return document.items.flatMap(({ decoded, prefix }) =>
    decoded.outcome === 'ignored'
      ? []
      : [entryOf(path, decoded, (field) => line - 1 + document.lineOf([...prefix, ...field]))],
  );
};

interface Section {
  readonly text: string;
  readonly entries: readonly Entry[];
}

const fileOf = (
  path: string,
  sections: readonly Section[],
  previous: ManifestFile | undefined,
): Omit<ManifestFile, 'documents'> => {
  const entries = sections.flatMap((section) => section.entries);
  const broken = sections.filter((section) => section.entries.some(({ object }) => object === undefined));
  const file = { path, entries, broken: new Set(broken.map(({ text }) => text)) };
  const kept = previous === undefined ? [] : keptOf(file, previous);
  return { ...file, entries: withKept(entries, kept), kept };
};

/** An editor that rewrites a file begins with an empty one; whoever wants to remove all objects deletes the file. */
const isEmptied = (text: string, previous: ManifestFile | undefined): boolean =>
  text === '' && previous !== undefined && previous.entries.length + previous.kept.length > 0;

/** Reads the text of a file; what a new mistake hides stays as it was in the previous version. */
export const readManifestFile = (path: string, text: string, previous?: ManifestFile): ManifestFile => {
  if (isEmptied(text, previous)) return unreadableFile(path, 'at least one document, or no file', previous);
  const known = (document: DocumentText): ManifestDocument =>
    previous?.documents.get(document.text) ?? readDocument(document.text);
  const documents = splitDocuments(text).map((document) => ({ ...document, read: known(document) }));
  const sections = documents.map(({ text, line, read }) => ({ text, entries: entriesOf(path, read, line) }));
  return {
    ...fileOf(path, sections, previous),
    documents: new Map(documents.map(({ text, read }) => [text, read])),
  };
};

/** A file whose text cannot be had; all that it held stays. The previous version where that says the same. */
export const unreadableFile = (path: string, expected: string, previous?: ManifestFile): ManifestFile =>
  previous?.broken.has(expected)
    ? previous
    : {
        ...fileOf(path, [{ text: expected, entries: [mistake(fileRef(path), 1, expected)] }], previous),
        documents: previous?.documents ?? new Map(),
      };
