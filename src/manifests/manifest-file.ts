import type { DecodedObject } from '../cluster/decoded-object.ts';
import type { Problem } from '../problems/problem.ts';
import type { FieldPath } from '../values/field-path.ts';
import { objectRef, type ObjectRef } from '../values/object-ref.ts';
import type { ManifestDocument } from './document.ts';

/** One object of a file, or what stands in its place. */
export interface Entry {
  readonly subject: ObjectRef;
  /** Absent where the place cannot be read. */
  readonly object?: DecodedObject;
  readonly problems: readonly Problem[];
  /** Line of the file where a field of the object stands, else the nearest field around it. */
  readonly lineOf: (field: FieldPath) => number;
}

/** What a manifest file says, and what of its former content still counts. */
export interface ManifestFile {
  readonly path: string;
  readonly entries: readonly Entry[];
  /** Objects of earlier versions, in place of those that this version hides behind a mistake. */
  readonly kept: readonly Entry[];
  /** Parts of the text that hold mistakes. */
  readonly broken: ReadonlySet<string>;
  /** By their text, so that the next version parses only what changed. */
  readonly documents: ReadonlyMap<string, ManifestDocument>;
}

/** A path as it may be shown on one line of a log or terminal. */
export const shownPath = (path: string): string => path.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?');

/** Stands for a file or folder, or a line of a file, that shows no object. */
export const fileRef = (path: string, line?: number): ObjectRef =>
  objectRef('File', '', line === undefined ? shownPath(path) : `${shownPath(path)}:${line}`);
