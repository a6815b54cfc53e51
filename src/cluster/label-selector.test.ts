import { describe, expect, test } from 'vitest';
import { parseLabelSelector, selects } from './label-selector.ts';

const labels = { team: 'web', 'example.com/stage': 'live', empty: '' };

const selected = (text: string): boolean => {
  const selector = parseLabelSelector(text);
  if (!selector.ok) throw new Error(selector.error);
  return selects(selector.value, labels);
};

describe('a selector', () => {
  test.each([
    ['team=web', true],
    ['team==web', true],
    ['team = web', true],
    ['team=shop', false],
    ['team!=shop', true],
    ['team!=web', false],
    ['other!=web', true],
    ['other=', false],
    ['empty=', true],
    ['team', true],
    ['other', false],
    ['!other', true],
    ['!team', false],
    ['team in (shop, web)', true],
    ['team in (shop)', false],
    ['team notin (shop)', true],
    ['team notin (web,shop)', false],
    ['other notin (web)', true],
    ['example.com/stage=live,team=web', true],
    ['example.com/stage=live,team=shop', false],
    ['team in (web,shop),!other', true],
    ['constructor', false],
  ])('%s', (text, expected) => {
    expect(selected(text)).toBe(expected);
  });

  test.each(['', 'team=web,', 'team=web shop', '=web', 'team in web', 'team in (we b)', 'replicas>3', '-team', '!'])(
    '"%s" is refused',
    (text) => {
      expect(parseLabelSelector(text).ok).toBe(false);
    },
  );
});
