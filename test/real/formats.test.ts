/** The grammars of src/formats against the programs that own them: the same text, the same reading. */

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { boostBoolean, boostNumber, boostOptions } from '../../src/formats/boostOptions.js';
import { connInfo } from '../../src/formats/connInfo.js';
import { libpqSettings } from '../../src/formats/connLibpq.js';
import { environmentFile } from '../../src/formats/environmentFile.js';
import { gcfg } from '../../src/formats/gcfg.js';
import { propertyTree } from '../../src/formats/propertyTree.js';
import { last } from '../../src/formats/settings.js';
import { dropInOrder } from '../../src/formats/systemdDropIns.js';
import { systemdUnit } from '../../src/formats/systemdUnit.js';
import { CONNECTIONS, ENVIRONMENT_FILES, GCFG, MODES, OPTIONS, TREES, UNITS } from './formatTexts.js';
import { type Reference, References } from './references.js';
import { systemdUnits, systemdVariables } from './systemdReference.js';

const references = new References();
after(() => references.clean());

/** One test for each text, or one that is skipped with the reason. */
function compare(
  title: string,
  reference: Reference | string,
  texts: readonly string[],
  ours: (text: string) => unknown,
) {
  describe(title, { skip: typeof reference === 'string' ? reference : false }, () => {
    for (const text of texts)
      it(JSON.stringify(text), () => {
        assert.deepEqual(ours(text), (reference as Reference).read(text));
      });
  });
}

const KNOWN = ['a', 'b', 'flag', 'number', 'server-add-header'];

compare('boost::program_options', references.programOptions(), OPTIONS, (text) => {
  const { settings, errors } = boostOptions(text);
  const typed = settings.map(({ key, value }): [string, string] | undefined => {
    const read = key === 'flag' ? boostBoolean(value) : key === 'number' ? boostNumber(value) : value;
    return read === undefined || !KNOWN.includes(key) ? undefined : [key, String(read)];
  });
  if (errors.length > 0 || typed.includes(undefined)) return undefined;
  return typed.sort((x, y) => KNOWN.indexOf(x![0]) - KNOWN.indexOf(y![0]));
});

compare('boost::property_tree', references.propertyTree(), TREES, (text) => {
  const { settings, errors } = propertyTree(text);
  return errors.length > 0 ? undefined : settings.map((s) => [s.key, s.value]);
});

compare('go-gcfg', references.gcfg(), GCFG, (text) => {
  const config = gcfg(text);
  const single = (key: string): string[][] => {
    const setting = last(config, key);
    return setting?.value ? [[key, setting.value]] : [];
  };
  const bareText = config.settings.some((s) => s.bare && !/\.(flag|list)$/.test(s.key));
  if (config.errors.length > 0 || bareText) return undefined;
  return ['a', 'b', 'sub "S"'].flatMap((section) => {
    const items = config.settings.filter((s) => s.key === `${section}.list`);
    const list = items.slice(items.findLastIndex((s) => s.bare) + 1).map((s) => s.value);
    return [
      ...['x', 'y', 'z'].flatMap((name) => single(`${section}.${name}`)),
      ...(last(config, `${section}.flag`)?.value === 'true' ? [[`${section}.flag`, 'true']] : []),
      ...(list.length > 0 ? [[`${section}.list`, list.join('|')]] : []),
      ...single(`${section}.name-two`),
    ];
  });
});

compare('libpq', references.libpq(), CONNECTIONS, (text) => {
  const settings = libpqSettings(text);
  if ('refused' in settings) return undefined;
  const entries = [...settings].filter(([name, value]) => value !== '' && name !== 'password');
  return entries.sort(([a], [b]) => LIBPQ_ORDER.indexOf(a) - LIBPQ_ORDER.indexOf(b));
});
const LIBPQ_ORDER =
  'user connect_timeout dbname host hostaddr port application_name sslmode target_session_attrs'.split(' ');

compare(
  'pgx',
  references.pgx(),
  [...CONNECTIONS.filter((text) => !/hostaddr|^$|:\/\/\/d$|^port=7/.test(text)), ...MODES],
  (text) => {
    const { pgx } = connInfo(text, new Map([['PGUSER', 'nobody']]));
    return 'refused' in pgx ? undefined : { servers: pgx.servers.map((s) => [s.host, s.port]), database: pgx.database };
  },
);

describe('systemd', () => {
  const files = Object.fromEntries(
    UNITS.map((lines, i) => [`a/t${i}.service`, `[Service]\n${lines}\nExecStart=/bin/true\n`]),
  );
  const dropIns = {
    'a/app-x.service': '[Service]\nExecStart=/bin/true\n',
    'a/app-x@1.service': '[Service]\nExecStart=/bin/true\n',
    ...Object.fromEntries(
      [
        'a/service.d/99-x.conf',
        'a/service.d/50-same.conf',
        'b/app-.service.d/20-y.conf',
        'b/app-x.service.d/10-z.conf',
        'b/app-x.service.d/50-same.conf',
        'a/app-.service.d/30-w.conf',
        'b/app-x.service.d/30-w.conf',
        'b/app-x.service.d/not.txt',
        'a/app-@.service.d/50-same.conf',
        'b/app-x@.service.d/50-same.conf',
        'a/app-@1.service.d/15-i.conf',
        'b/app-x@1.service.d/30-w.conf',
      ].map((path) => [path, '[Service]\n']),
    ),
  };
  const load = systemdUnits({ ...files, ...dropIns });
  const skip = typeof load === 'string' ? load : false;
  const read = load as Exclude<typeof load, string>;

  for (const [i, lines] of UNITS.entries())
    it(JSON.stringify(lines), { skip }, () => {
      const unit = systemdUnit(`t${i}.service`, [{ path: 'u', text: files[`a/t${i}.service`]! }]);
      const dumped = read(`t${i}.service`);
      assert.deepEqual(unit.variables.map((v) => `${v.name}=${v.value}`).sort(), [...dumped.environment].sort());
      assert.deepEqual(
        unit.environmentFiles.map((f) => `${f.optional ? '-' : ''}${f.pattern}`),
        dumped.environmentFiles,
      );
    });

  for (const unit of ['app-x.service', 'app-x@1.service'])
    it(`order of drop-ins of ${unit}`, { skip }, () => {
      assert.deepEqual(dropInOrder(Object.keys(dropIns), unit, ['a', 'b']), read(unit).dropIns);
    });

  for (const text of ENVIRONMENT_FILES) {
    const expected = systemdVariables(text);
    it(`file ${JSON.stringify(text)}`, { skip: typeof expected === 'string' ? expected : false }, () => {
      assert.deepEqual(Object.fromEntries(environmentFile(text).map((v) => [v.name, v.value])), expected);
    });
  }
});
