/** One document of a YAML or JSON file, as it stands there. */
export interface DocumentText {
  readonly text: string;
  /** Line of the file where the text begins, from 1. */
  readonly line: number;
}

/** `---` and `...` at the beginning of a line end a document in every context, also inside quotes (YAML 1.2, 9.1.2). */
const BOUNDARY = /(?<=^|\n)(?:---|\.\.\.)(?=[ \t\r\n]|$)/g;

const hasContent = (text: string): boolean =>
  text.split('\n').some((line, index) => !/^\s*(#|%|$)/.test(index === 0 ? line.replace(/^(---|\.\.\.)/, '') : line));

/** The documents of a file, without those that hold nothing but comments and directives. */
export const splitDocuments = (file: string): readonly DocumentText[] => {
  const text = file.replace(/^\uFEFF/, '');
  const starts = [0, ...[...text.matchAll(BOUNDARY)].map(({ index }) => index)];
  let line = 1;
  const documents = starts.map((start, index) => {
    const document = { text: text.slice(start, starts[index + 1]), line };
    line += document.text.split('\n').length - 1;
    return document;
  });
  return documents.filter((document) => hasContent(document.text)).map(withoutEndMarker);
};

const withoutEndMarker = ({ text, line }: DocumentText): DocumentText => ({ text: text.replace(/^\.\.\./, ''), line });
