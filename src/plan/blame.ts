import { globalSnippetKeys, type GlobalSnippetKey } from '../annotations/global-snippets.ts';
import type { StreamService } from '../model/routing-model.ts';
import type { Generation } from '../protocol/generation.ts';
import type { NginxError } from '../protocol/messages.ts';
import { objectRef, type ObjectRef } from '../values/object-ref.ts';

/** Comments of ours stand on a line of their own, or behind an entry of a map; in quotes they are text of a tenant. */
const FROM = /^ *# from (?<line>[A-Za-z0-9._/%-]+)|; # from (?<entry>[A-Za-z0-9._/%-]+)$/;

const commentOf = (line: string): string | undefined => {
  const found = FROM.exec(line)?.groups;
  return found?.['line'] ?? found?.['entry'];
};

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** The origin comment that governs a line: on the line itself, else above it at a smaller indentation or just before. */
const governingComment = (lines: readonly string[], index: number): string | undefined => {
  let indent = Number.POSITIVE_INFINITY;
  for (const line of lines.slice(0, index + 1).toReversed()) {
    if (line.trim() === '') continue;
    const comment = commentOf(line);
    if (comment !== undefined && indentOf(line) <= indent) return comment;
    indent = Math.min(indent, indentOf(line));
  }
  return undefined;
};

/** What the comment says that governs the line of an error. */
const originOf = (generation: Generation, error: NginxError): readonly string[] => {
  const text = generation.files.find((file) => file.path === error.file)?.text;
  if (text === undefined || error.line === undefined) return [];
  const comment = governingComment(text.split('\n'), error.line - 1);
  return decodeURIComponent(comment ?? '').split('/');
};

/**
 * The Ingress that produced the line of an NGINX error. `undefined` where the message names no line, or a line that no
 * Ingress asked for.
 */
export const blame = (generation: Generation, error: NginxError): ObjectRef | undefined => {
  const [kind, namespace, ...name] = originOf(generation, error);
  return kind === 'Ingress' && namespace !== undefined ? objectRef('Ingress', namespace, name.join('/')) : undefined;
};

/** The key of the ConfigMap whose snippet holds the line of an NGINX error. */
export const blamedSnippet = (generation: Generation, error: NginxError): GlobalSnippetKey | undefined => {
  const [kind, key = ''] = originOf(generation, error);
  return kind === 'setting' && key in globalSnippetKeys ? (key as GlobalSnippetKey) : undefined;
};

/** What NGINX says of a port that is taken (98) or that it may not open (13), from the first to the last word. */
const UNOPENED =
  /^(?:bind|listen)\(\) to (?:\d+(?:\.\d+){3}|\[[0-9a-f:]+\]):(?<port>\d+)(?:, backlog \d+)? failed \((?:13|98): [^()]*\)$/;

/** The port of one of these services that NGINX could not open. TCP and UDP are the same to its message. */
export const blamePort = (
  streams: readonly Pick<StreamService, 'port'>[],
  { text }: Pick<NginxError, 'text'>,
): number | undefined => {
  const port = Number(UNOPENED.exec(text)?.groups?.['port']);
  return streams.some((service) => service.port === port) ? port : undefined;
};
