/** The reports of a file that holds many, one after the other: such a file may be larger than memory. */

/** Bytes of the document beside its reports. */
const MOST_REST = 1 << 20;

const [QUOTE, BACKSLASH, COMMA, OPEN, CLOSE, LIST, END] = [...'"\\,{}[]'].map((c) => c.charCodeAt(0)) as [
  ...[number, number, number, number, number, number, number],
];
const BLANK = new Set([...' \t\r\n'].map((c) => c.charCodeAt(0)));

/**
 * Takes a JSON document in chunks and hands on the bytes of each object in its top-level list `reports`. What it does not
 * understand it gives up on: then the document is to be read whole, which says what is wrong with it.
 */
export class Splitter {
  /** It is not such a document. */
  lost = false;
  /** All but the objects. */
  rest = Buffer.alloc(0);
  readonly #use: (bytes: Buffer) => void;
  #depth = 0;
  #string = false;
  #escaped = false;
  /** Of the string that is being read, or was read last, at depth 1. */
  #word = '';
  /** 0: before the list, 1: in it, 2: behind it. */
  #list = 0;
  /** In the list: an object may begin, or a comma must come. */
  #next: 'first' | 'object' | 'comma' = 'first';
  #object: Buffer[] | undefined;

  constructor(use: (bytes: Buffer) => void) {
    this.#use = use;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let i = 0; i < chunk.length && !this.lost; i++) {
      const byte = chunk[i]!;
      if (this.#string) {
        i = this.#inString(chunk, i);
        continue;
      }
      if (byte === QUOTE) {
        this.#string = true;
        if (this.#depth === 1) this.#word = '';
      } else if (byte === OPEN || byte === LIST) {
        if (byte === LIST && this.#depth === 1 && this.#word === 'reports') this.#begin();
        if (byte === OPEN && this.#depth === 2 && this.#list === 1) {
          this.#take(chunk.subarray(from, i));
          from = i;
          if (this.#next === 'comma') this.lost = true;
          this.#object = [];
        }
        this.#depth++;
      } else if (byte === CLOSE || byte === END) {
        this.#depth--;
        if (this.#depth === 2 && this.#object) {
          this.#object.push(Buffer.from(chunk.subarray(from, i + 1)));
          from = i + 1;
          this.#use(Buffer.concat(this.#object));
          this.#object = undefined;
          this.#next = 'comma';
        } else if (this.#depth === 1 && this.#list === 1) {
          if (this.#next === 'object') this.lost = true;
          this.#list = 2;
        }
      } else if (this.#depth === 2 && this.#list === 1 && !BLANK.has(byte)) {
        // only commas stand between objects; they are left out, with the objects
        if (byte !== COMMA || this.#next !== 'comma') this.lost = true;
        this.#next = 'object';
        this.#take(chunk.subarray(from, i));
        from = i + 1;
      }
    }
    if (this.#object) this.#object.push(Buffer.from(chunk.subarray(from)));
    else this.#take(chunk.subarray(from));
  }

  /** Whether it came to its end as such a document. */
  get whole(): boolean {
    return !this.lost && this.#depth === 0 && this.#list === 2;
  }

  #begin(): void {
    if (this.#list !== 0) this.lost = true;
    this.#list = 1;
  }

  #take(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.rest = Buffer.concat([this.rest, bytes]);
    if (this.rest.length > MOST_REST) this.lost = true;
  }

  /** Up to the end of the string, or of the chunk. */
  #inString(chunk: Buffer, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) {
        this.#string = false;
        return i;
      }
      if (this.#depth === 1 && this.#word.length < 16) this.#word += String.fromCharCode(byte);
    }
    return chunk.length;
  }
}
