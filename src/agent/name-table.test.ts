import { describe, expect, it } from 'vitest';
import { NOBODY } from './dns/addresses.ts';
import { NameTable } from './name-table.ts';

const web = { ipv4: ['10.0.0.1'], ipv6: [] };

describe('NameTable', () => {
  it('knows nothing before the first table, not even what a generation mentions', () => {
    const table = new NameTable();
    table.remember('aa', new Set(['web']));
    expect(table.find('web')).toBeUndefined();
  });

  it('answers from every shard, and an unknown name not at all', () => {
    const table = new NameTable();
    table.replace([{ names: { web } }, { names: { out: { external: 'example.com' } } }]);
    expect(table.find('web')).toEqual(web);
    expect(table.find('out')).toEqual({ external: 'example.com' });
    expect(table.find('constructor')).toBeUndefined();
    expect(table.externalHosts()).toEqual(new Set(['example.com']));
  });

  it('answers nobody for a name that left the table, as long as a generation mentions it', () => {
    const table = new NameTable();
    table.replace([{ names: { web } }]);
    table.remember('aa', new Set(['web']));
    table.replace([{ names: {} }]);
    expect(table.find('web')).toEqual(NOBODY);
    table.retain(new Set(['bb']));
    expect(table.find('web')).toBeUndefined();
  });
});
