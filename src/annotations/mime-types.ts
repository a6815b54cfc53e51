import { fail, ok } from '../values/result.ts';
import type { ValueType } from './value-types.ts';

const APPLICATION_TYPES =
  'atom+xml javascript x-javascript json rss+xml vnd.ms-fontobject x-font-ttf x-web-app-manifest+json xhtml+xml xml';
const OTHER_TYPES = 'font/opentype image/svg+xml image/x-icon text/css text/javascript text/plain text/x-component';

/** The content types that ingress-nginx compresses. */
export const defaultTypes = [
  ...APPLICATION_TYPES.split(' ').map((name) => `application/${name}`),
  ...OTHER_TYPES.split(' '),
];

/** A longer one does not fit into NGINX's hash of types, which has no setting. */
const MIME_TYPE = /^(?=.{1,46}$)([a-z0-9.+-]+\/[a-z0-9.+-]+|\*)$/;
const MAX_TYPES = 200;

/** Content types that are compressed besides text/html. */
export const mimeTypes: ValueType<readonly string[]> = {
  label: `at most ${MAX_TYPES} MIME types of at most 46 characters, separated by spaces, or *`,
  examples: ['application/json text/css', '*'],
  format: (types) => types.join(' '),
  parse: (text) => {
    const types = [...new Set(text.toLowerCase().split(/ +/))];
    if (types.length > MAX_TYPES || !types.every((type) => MIME_TYPE.test(type))) return fail(mimeTypes.label);
    // NGINX always has it, and refuses to have it twice.
    return ok(types.filter((type) => type !== 'text/html'));
  },
};
