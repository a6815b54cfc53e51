/** Which edge of the program broke. */
export type FaultCode =
  | 'usage'
  | 'template'
  | 'nginx-missing'
  | 'nginx-too-old'
  | 'folder-not-writable'
  | 'port-in-use'
  | 'manifests'
  | 'protocol'
  | 'publish'
  | 'reload'
  | 'cluster';

/** The world is broken (not the user's object, not our code). Thrown at an edge, caught by the loop or by main. */
export class Fault extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Fault';
    this.code = code;
  }
}
