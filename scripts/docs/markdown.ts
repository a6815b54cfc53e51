/** First line of every generated document. */
export const HEADER = '<!-- Generated from the registry by `npm run docs:update`; edit the family file instead. -->\n';

/** Text for a cell of a table. */
export const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A name or value of the configuration, for a cell or a line. */
export const code = (text: string): string => `\`${cell(text)}\``;

/** A table with its head. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');

/** A link from a document below `docs/` to a file or folder of the repository. */
export const linkTo = (text: string, path: string): string => `[${text}](../${path})`;
