/** database.conf with an address on some nodes and single settings on others. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { oneForm, passwordOpen } from '../../../checks/support/databaseForm.js';

const file = (settings: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries({ provider: 'postgresql', ...settings }));
const formsOf = (...files: readonly Readonly<Record<string, string>>[]) => {
  const { values, mixed } = oneForm(files.map(file));
  return { mixed, values: values.map((v) => Object.fromEntries(v)) };
};
const address = (text: string, more = {}) => ({ 'connection-uri': text, ...more });

describe('one form', () => {
  it('single settings everywhere: as they are', () => {
    const given = { host: 'db', password: 'x', 'connection-timeout-seconds': '5' };
    assert.deepEqual(formsOf(given, given), {
      mixed: false,
      values: [
        { provider: 'postgresql', ...given },
        { provider: 'postgresql', ...given },
      ],
    });
  });

  it('an address everywhere: what it makes useless is left out, but for the password', () => {
    const uri = address('postgres://u@db/w', {
      host: 'old',
      username: 'x',
      password: 'p',
      'connnection-timeout-seconds': '1',
    });
    const kept = { provider: 'postgresql', 'connection-uri': 'postgres://u@db/w', password: 'p' };
    assert.deepEqual(formsOf(uri, address('postgres://u@db/w', { password: 'p' })), {
      mixed: false,
      values: [kept, kept],
    });
  });

  it('both: the address as settings', () => {
    const single = { host: 'db', port: '5433', database: 'w', username: 'u', password: 'p' };
    assert.deepEqual(formsOf(address('postgres://u:p@db:5433/w'), single), {
      mixed: true,
      values: [
        { provider: 'postgresql', ...single },
        { provider: 'postgresql', ...single },
      ],
    });
  });

  it('what the address leaves out has defaults of its library', () => {
    const [values] = formsOf(address('postgres://u@db/'), { host: 'db' }).values;
    assert.deepEqual([values!.username, values!.database], ['u', 'u']);
    const [bare] = formsOf(address('postgres://db'), { host: 'db' }).values;
    assert.deepEqual(
      [bare!.username, bare!.database],
      ['of the account that runs the server', 'of the account that runs the server'],
    );
    const [named] = formsOf(address('postgres://db/w'), { host: 'db' }).values;
    assert.equal(named!.database, 'w');
  });

  it('the password of the file counts before that of the address', () => {
    const passwordOf = (more: object) =>
      formsOf(address('postgres://u:inside@db/w', more), { host: 'db' }).values[0]!.password;
    assert.equal(passwordOf({}), 'inside');
    assert.equal(passwordOf({ password: '' }), 'inside');
    assert.equal(passwordOf({ password: 'beside' }), 'beside');
  });

  it('other parameters keep their name; one that says the default says nothing', () => {
    const [values] = formsOf(address('postgres://u@db/w?application_name=x&sslmode=prefer'), { host: 'db' }).values;
    assert.deepEqual(values, {
      provider: 'postgresql',
      host: 'db',
      database: 'w',
      username: 'u',
      'connection-uri application_name': 'x',
    });
  });

  it('an address that libpq refuses stays', () => {
    const [values] = formsOf(address('postgres://u@[db/w'), { host: 'db' }).values;
    assert.equal(values!['connection-uri'], 'postgres://u@[db/w');
    assert.equal(values!.host, undefined);
  });
});

describe('a password that may be percent-encoded', () => {
  const open = (...files: readonly Readonly<Record<string, string>>[]): boolean => {
    const maps = files.map(file);
    return passwordOpen(maps, oneForm(maps).values);
  };
  const single = (password: string) => ({ host: 'db', password });
  const inside = (password: string) => address(`postgres://u:${password}@db/w`);

  it('one in the addresses, another in the settings', () => {
    assert.equal(open(inside('a'), single('b')), true);
    assert.equal(open(inside('a'), inside('a'), single('b'), single('b')), true);
  });
  it('not where nodes of one form differ', () => {
    assert.equal(open(inside('a'), inside('c'), single('b')), false);
    assert.equal(open(inside('a'), single('b'), single('c')), false);
  });
});
