import Handlebars from 'handlebars';
import { isNginxArg } from '../nginx/argument.ts';

/** What a `{{mustache}}` may print: an encoded argument or a number. Anything else is our bug and stops the program. */
const gate = (value: unknown): string => {
  if (isNginxArg(value)) return value.text;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw new TypeError(`bug in Portico: a template prints ${typeof value}, which no encoder made`);
};

/**
 * Handlebars whose escape function is the gate. Compiled templates call it through the shared `Utils` object, so it is
 * replaced there; Portico renders nothing but NGINX configuration.
 */
export const createHandlebars = (): typeof Handlebars => {
  const environment = Handlebars.create();
  environment.Utils.escapeExpression = gate;
  for (const name of Object.keys(environment.helpers)) {
    if (!['each', 'if', 'with'].includes(name)) environment.unregisterHelper(name);
  }
  return environment;
};

/** Options of every compilation; templates have three block helpers and nothing else. */
export const compileOptions = {
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: {
    each: true,
    if: true,
    with: true,
    unless: false,
    log: false,
    lookup: false,
    helperMissing: false,
    blockHelperMissing: false,
  },
  explicitPartialContext: true,
  // No template has data variables (the law), and each turn of a loop would make an object for them.
  data: false,
} as const;
