/** Ticket systems that behave like three real ones, as far as the recipes use them and where they refuse. */

import assert from 'node:assert/strict';
import { basic, system, type Ticket, type TicketSystem, TOKEN } from './ticketServer.js';

const find = (all: readonly Ticket[], id: string): Ticket => {
  const found = all.find((t) => t.id === id);
  assert.ok(found, `no ticket ${id}`);
  return found;
};
const line = (text: unknown, most: number): string => {
  assert.ok(typeof text === 'string' && text !== '' && text.length <= most && !/[\r\n]/.test(text), 'not a title');
  return text;
};

/** Issues of a repository: pages of 100, pull requests among them, comments apart. */
export const github = (canLabel = true): Promise<TicketSystem> =>
  system(
    `Bearer ${TOKEN}`,
    ({ method, path }) => method === 'GET' && path.endsWith('/issues'),
    ({ method, path, query, body }, { tickets }) => {
      const [, id, comments] = /^\/repos\/acme\/ops\/issues(?:\/(\d+)(\/comments)?)?$/.exec(path)!;
      const shown = (t: Ticket) => ({
        number: Number(t.id),
        title: t.title,
        body: t.text,
        state: t.open ? 'open' : 'closed',
        labels: t.labels.map((name) => ({ name })),
        ...(t.hidden === 'pull' && { pull_request: {} }),
      });
      if (method === 'GET') {
        const [size, page] = [Number(query.get('per_page') ?? 30), Number(query.get('page') ?? 1)];
        assert.ok(size <= 100);
        const wanted = tickets.filter(
          (t) => t.labels.includes(query.get('labels')!) && t.open === (query.get('state') === 'open'),
        );
        return [200, wanted.slice((page - 1) * size, page * size).map(shown)];
      }
      if (method === 'POST' && comments) {
        find(tickets, id!).comments.push(body.body);
        return [201, {}];
      }
      if (method === 'POST' && id === undefined) {
        const t: Ticket = {
          id: String(tickets.length + 1),
          open: true,
          title: line(body.title, 256),
          text: body.body,
          comments: [],
          labels: canLabel ? body.labels : [],
          hidden: undefined,
        };
        assert.ok(t.text.length <= 65536);
        tickets.push(t);
        return [201, shown(t)];
      }
      assert.equal(method, 'PATCH');
      const t = find(tickets, id!);
      if (body.title !== undefined) t.title = line(body.title, 256);
      if (body.body !== undefined) t.text = body.body;
      if (body.state === 'closed') {
        assert.ok(['completed', 'not_planned'].includes(body.state_reason));
        t.open = false;
      }
      return [200, shown(t)];
    },
    (url) => ({ GITHUB_API_URL: url, GITHUB_REPOSITORY: 'acme/ops', GITHUB_TOKEN: TOKEN }),
  );

/** Atlassian's document format, as far as it is allowed here: blocks of text. */
function adf(document: { type: string; version: number; content: { type: string; content: { text: string }[] }[] }) {
  assert.deepEqual([document.type, document.version], ['doc', 1]);
  const texts = document.content.flatMap((block) => {
    assert.equal(block.type, 'codeBlock');
    return block.content.map(({ text }) => text);
  });
  assert.ok(texts.every((text) => typeof text === 'string' && text !== ''));
  return texts.join('\n');
}

/** Jira Cloud: a search that is bounded, gives only what was asked for, three at a time; a property limit; transitions. */
export const jira = (): Promise<TicketSystem> =>
  system(
    basic('ops@example.com'),
    ({ path }) => path === '/rest/api/3/search/jql',
    ({ method, path, body }, { tickets }) => {
      if (path === '/rest/api/3/search/jql') {
        assert.match(
          body.jql,
          /^project = "OPS" AND labels = "ha-preflight" AND statusCategory != Done( ORDER BY \w+ \w+)?$/,
        );
        const wanted = tickets.filter((t) => t.open && t.labels.includes('ha-preflight'));
        const from = Number(body.nextPageToken ?? 0);
        const issues = wanted.slice(from, from + 3).map((t) => ({
          id: t.id,
          key: t.id,
          fields: { ...(body.fields?.includes('labels') && { labels: t.labels }) },
          ...(body.properties && { properties: t.hidden === undefined ? {} : { 'ha-preflight': t.hidden } }),
        }));
        const isLast = from + 3 >= wanted.length;
        return [200, { issues, isLast, ...(!isLast && { nextPageToken: String(from + 3) }) }];
      }
      const property = (list: { key: string; value: unknown }[]): unknown => {
        assert.deepEqual(
          list.map(({ key }) => key),
          ['ha-preflight'],
        );
        assert.ok(JSON.stringify(list[0]!.value).length < 32_768);
        return list[0]!.value;
      };
      if (method === 'POST' && path === '/rest/api/3/issue') {
        const { summary, description, project, issuetype, labels, ...rest } = body.fields;
        assert.deepEqual([rest, project, issuetype], [{}, { key: 'OPS' }, { name: 'Task' }]);
        assert.ok(labels.every((l: string) => !/\s/.test(l)));
        const id = `OPS-${tickets.length + 1}`;
        tickets.push({
          id,
          open: true,
          title: line(summary, 254),
          text: adf(description),
          comments: [],
          labels,
          hidden: property(body.properties),
        });
        return [201, { id: '1', key: id }];
      }
      const [, id, rest = ''] = /^\/rest\/api\/3\/issue\/([^/]+)(\/.*)?$/.exec(path)!;
      const t = find(tickets, id!);
      if (method === 'PUT' && rest === '/properties/ha-preflight') {
        t.hidden = body;
        return [200];
      }
      if (method === 'PUT' && rest === '') {
        t.title = line(body.fields.summary, 254);
        t.text = adf(body.fields.description);
        t.hidden = property(body.properties);
        return [204];
      }
      if (method === 'POST' && rest === '/comment') {
        t.comments.push(adf(body.body));
        return [201, {}];
      }
      assert.equal(rest, '/transitions');
      const transitions = ['new', 'indeterminate', 'done'].map((key, i) => ({
        id: String(11 + i),
        name: `to ${key}`,
        to: { statusCategory: { key } },
      }));
      if (method === 'GET') return [200, { transitions }];
      assert.equal(body.transition.id, '13');
      t.open = false;
      return [204];
    },
    (url) => ({ JIRA_URL: url, JIRA_EMAIL: 'ops@example.com', JIRA_TOKEN: TOKEN, JIRA_PROJECT: 'OPS' }),
  );

/** ServiceNow's incident table: an encoded query, fields of limited length, close code and notes demanded. */
export const servicenow = (): Promise<TicketSystem> =>
  system(
    basic('audit'),
    ({ method }) => method === 'GET',
    ({ method, path, query, body }, { tickets }) => {
      const [, id] = /^\/api\/now\/table\/incident(?:\/(\w+))?$/.exec(path)!;
      if (method === 'GET') {
        assert.equal(
          query.get('sysparm_query'),
          'correlation_idSTARTSWITHha-preflight:^stateNOT IN6,7,8^ORDERBYsys_created_on',
        );
        const [from, size] = [Number(query.get('sysparm_offset')), Number(query.get('sysparm_limit'))];
        const result = tickets
          .filter((t) => t.open)
          .slice(from, from + size)
          .map((t) => {
            const all = { sys_id: t.id, description: t.text, correlation_id: t.hidden };
            const fields = query.get('sysparm_fields')!.split(',');
            return Object.fromEntries(Object.entries(all).filter(([name]) => fields.includes(name)));
          });
        return [200, { result }];
      }
      // longer texts are cut without a word
      const cut = (text: string, most: number): string => text.slice(0, most);
      if (method === 'POST') {
        assert.ok(id === undefined && body.correlation_id.length <= 100);
        tickets.push({
          id: (0xabc000 + tickets.length).toString(16).padStart(32, '0'),
          open: true,
          title: line(body.short_description, 160),
          text: cut(body.description, 4000),
          comments: [],
          labels: ['ha-preflight'],
          hidden: body.correlation_id,
        });
        return [201, { result: {} }];
      }
      assert.equal(method, 'PATCH');
      const t = find(tickets, id!);
      if (body.short_description !== undefined) t.title = line(body.short_description, 160);
      if (body.description !== undefined) t.text = cut(body.description, 4000);
      if (body.work_notes !== undefined) t.comments.push(body.work_notes);
      if (body.state !== undefined) {
        assert.ok(body.state === '6' && body.close_code === 'Solution provided' && body.close_notes !== '');
        t.comments.push(body.close_notes);
        t.open = false;
      }
      return [200, { result: {} }];
    },
    (url) => ({ SERVICENOW_URL: url, SERVICENOW_USER: 'audit', SERVICENOW_PASSWORD: TOKEN }),
  );
