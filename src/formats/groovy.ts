/**
 * What can be read of DeployR's deployr.groovy (Groovy ConfigSlurper) without running it: nested blocks and dotted
 * names mean the same, the last value counts, lists and maps of literals. Everything else is code, and said to be.
 * Source: docs/sources.md 4.4.
 */

import { type Remark, type Token, tokensOf } from './groovyTokens.js';
import type { Config, Setting, Unread } from './settings.js';

/** Deeper than any real file; keeps names short. */
const DEEPEST = 32;
const OPEN = ['{', '(', '['];
const CLOSE = ['}', ')', ']'];
/** A line that ends with one of these goes on in the next; so does one before these. */
const UNFINISHED = /^([-+*/%=<>,?:.&|]|&&|\|\||\?\.|[=!<>]=)$/;
const GOES_ON = /^(\.|\?\.|\?)$/;

/** Before a `{` that opens no block of settings. */
const KEYWORD = /^(if|else|for|while|do|try|catch|finally|switch)$/;

/** Of a name before a `{`: what follows is code that is handed to this method of every object. */
const METHOD = /\.(with|tap|each|call|identity)$/;

/** Blocks of ConfigSlurper that count in one environment only, over what stands outside of them. */
const ENVIRONMENTS = /^environments\.[^.]+\.(.+)$/;
/** What stands behind the name of a method, and not behind that of a setting. */
const CALLED = /^[({]$/;

/** A literal inside a value: `[0]`, `.name` or nothing, and what it is. */
interface Leaf {
  readonly suffix: string;
  readonly token: Token;
  readonly value: string;
}

/** Numbers without Groovy's suffixes and underscores. */
const number = (text: string): string =>
  /^\d[\d_]*[LlIiGg]?$/.test(text) ? text.replace(/[^\d]/g, '') : text.replace(/[fFdDgG]$/, '');

class Reader {
  readonly settings: Setting[] = [];
  readonly remarks: Remark[];
  readonly unread: Unread[] = [];
  private readonly tokens: readonly Token[];
  private readonly blocks: { readonly name: string; readonly line: number }[] = [];
  private at = 0;

  constructor(source: string) {
    const { tokens, remarks } = tokensOf(source);
    this.tokens = tokens;
    this.remarks = remarks;
  }

  private is(text: string, at = this.at): boolean {
    const token = this.tokens[at];
    return token?.text === text && (token.kind === 'mark' || token.kind === 'end');
  }

  private remark(line: number, text: string): void {
    const before = this.remarks.at(-1);
    if (before?.line !== line || before.text !== text) this.remarks.push({ line, text });
  }

  /** Past the rest of the statement, its brackets balanced. Stops before what ends it. */
  private skip(): void {
    const { line } = this.tokens[this.at]!;
    let braces = 0;
    let others = 0;
    for (; this.at < this.tokens.length; this.at++) {
      const { kind, text } = this.tokens[this.at]!;
      if (kind === 'end' && braces === 0 && others <= 0) {
        if (text === ';') return;
        const [before, after] = [this.tokens[this.at - 1], this.tokens[this.at + 1]];
        const on = (before?.kind === 'mark' && UNFINISHED.test(before.text)) || GOES_ON.test(after?.text ?? '');
        if (!on) return;
      }
      if (kind !== 'mark') continue;
      if (text === '}' && braces === 0) return;
      const step = OPEN.includes(text) ? 1 : CLOSE.includes(text) ? -1 : 0;
      if (text === '{' || text === '}') braces += step;
      else others += step;
    }
    if (braces > 0 || others > 0) this.remark(line, 'a bracket is not closed');
  }

  /** Settings that a statement which is not understood may change, between these tokens. */
  private touched(from: number, to: number): void {
    const above = this.blocks.map((b) => b.name);
    for (let at = from; at < to; at++) {
      const [token, next] = [this.tokens[at]!, this.tokens[at + 1]];
      if (token.kind !== 'word' || KEYWORD.test(token.text)) continue;
      const parts = token.text.split('.');
      // a method changes what stands before it
      const method = parts.length > 1 && (next?.kind === 'string' || (next && CALLED.test(next.text)));
      const key = [...above, ...(method ? parts.slice(0, -1) : parts)].join('.');
      this.unread.push({ key, line: token.line, why: 'may be changed by code' });
    }
  }

  private breaks(): void {
    while (this.is('\n')) this.at++;
  }

  /** A literal, a list or a map at the current token; false when it is code. */
  private value(suffix: string, depth: number, into: Leaf[]): boolean {
    const negative = this.is('-') && this.tokens[this.at + 1]?.kind === 'number';
    if (negative) this.at++;
    const token = this.tokens[this.at];
    if (!token) return false;
    if (this.is('[') && depth < DEEPEST) return this.bracket(suffix, depth, into);
    const literal =
      token.kind === 'string' ||
      token.kind === 'masked' ||
      (token.kind === 'number' && /^\d[\d_]*(\.\d+)?([eE]\d+)?[LlIiGgFfDd]?$/.test(token.text)) ||
      (token.kind === 'word' && /^(true|false|null)$/.test(token.text));
    if (!literal) return false;
    const text = token.kind === 'number' ? number(token.text) : token.text;
    into.push({ suffix, token, value: negative ? `-${text}` : text });
    this.at++;
    return true;
  }

  private bracket(suffix: string, depth: number, into: Leaf[]): boolean {
    this.at++;
    for (let index = 0; ; index++) {
      this.breaks();
      if (this.is(':') && this.is(']', this.at + 1)) this.at++;
      if (this.is(']')) break;
      const key = this.tokens[this.at];
      const named =
        (key?.kind === 'word' || key?.kind === 'string' || key?.kind === 'number') && this.is(':', this.at + 1);
      if (named) {
        this.at += 2;
        this.breaks();
      }
      if (!this.value(named ? `${suffix}.${key.text}` : `${suffix}[${index}]`, depth + 1, into)) return false;
      this.breaks();
      if (this.is(',')) this.at++;
      else if (!this.is(']')) return false;
    }
    this.at++;
    return true;
  }

  private assignment(name: string, line: number): void {
    const start = this.at;
    // the value may stand in the next line
    let first = start;
    while (this.is('\n', first)) first++;
    const next = this.tokens[first];
    const there = first === start || next?.kind === 'string' || next?.kind === 'masked' || this.is('[', first);
    if (!next || !there || next.kind === 'end' || this.is('}', first)) {
      this.remark(line, `${name} has no value`);
      return;
    }
    this.at = first;
    const leaves: Leaf[] = [];
    const understood = this.value('', 0, leaves);
    const end = this.tokens[this.at];
    if (!understood || (end && end.kind !== 'end' && !this.is('}'))) {
      if (end?.kind !== 'broken') this.remark(line, `${name} is code, so its value is not known`);
      this.unread.push({ key: name, line, why: 'is computed' });
      this.at = first;
      this.skip();
      return;
    }
    for (const { suffix, token, value } of leaves) {
      this.settings.push({ key: name + suffix, value, line: token.line });
      if (token.typographic === 'around')
        this.remark(token.line, `typographic quotes around ${name}${suffix} are not quotes for Groovy`);
      if (token.typographic === 'in')
        this.remark(token.line, `typographic quotes in ${name}${suffix} are part of the value`);
    }
  }

  /** `a.b.'c d'` at the current token. */
  private name(): string | undefined {
    const parts: string[] = [];
    for (;;) {
      const token = this.tokens[this.at];
      if (token?.kind !== 'word' && token?.kind !== 'string') return undefined;
      parts.push(token.text);
      this.at++;
      if (!this.is('.')) return parts.join('.');
      this.at++;
    }
  }

  private statement(): void {
    const token = this.tokens[this.at]!;
    const { line } = token;
    if (token.kind === 'end') this.at++;
    else if (this.is('}')) {
      this.at++;
      if (!this.blocks.pop()) this.remark(line, 'a } without a {');
    } else if (token.kind === 'masked') {
      // what stood behind a secret is masked with it
      this.at++;
    } else {
      const start = this.at;
      const name = this.name();
      if (name !== undefined && this.is('=')) {
        this.at++;
        this.assignment([...this.blocks.map((b) => b.name), name].join('.'), line);
      } else if (name && !KEYWORD.test(name) && !METHOD.test(name) && this.is('{') && this.blocks.length < DEEPEST) {
        this.at++;
        this.blocks.push({ name, line });
      } else {
        if (token.kind !== 'broken') this.remark(line, 'not understood');
        this.at = start;
        this.skip();
        this.touched(start, this.at);
      }
    }
  }

  read(): Config {
    while (this.at < this.tokens.length) this.statement();
    for (const { name, line } of this.blocks) this.remark(line, `the { of ${name} is not closed`);
    for (const { key, line } of [...this.settings, ...this.unread]) {
      const inner = ENVIRONMENTS.exec(key)?.[1];
      if (inner) this.unread.push({ key: inner, line, why: 'depends on the environment', wins: true });
    }
    return {
      settings: this.settings,
      ...(this.unread.length > 0 && { unread: this.unread }),
      remarks: [...this.remarks].sort((a, b) => a.line - b.line).map((r) => `line ${r.line}: ${r.text}`),
    };
  }
}

/** Keys with dots: `grails.mongo.port`, `grails.mongo.replicaSet[0]`, `key.name` of a map; a masked value stays masked. */
export const groovy = (source: string): Config => new Reader(source).read();
