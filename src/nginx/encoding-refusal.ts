/** A value that the encoding law refuses; the route that needed it is closed, nothing else is touched. */
export class EncodingRefusal extends Error {
  /** Completes "expected …". */
  readonly expected: string;

  constructor(expected: string) {
    super(`a value cannot be written into an NGINX configuration: expected ${expected}`);
    this.name = 'EncodingRefusal';
    this.expected = expected;
  }
}
