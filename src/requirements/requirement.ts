/** A vendor's requirement: one sentence of a document that asks for something. */

/** `must*` holds when the condition in the document does. */
export type Level = 'must' | 'must*' | 'must-not' | 'should' | 'should-not' | 'info';

export interface Requirement {
  readonly id: string;
  readonly level: Level;
  /** Title of the document. */
  readonly document: string;
  readonly section: string;
  /** Our own one-sentence paraphrase. */
  readonly text: string;
  /** The first release it holds for, where not for all. */
  readonly from?: string;
  /** The first release it no longer holds for. */
  readonly until?: string;
  /** What else there is to say about releases. */
  readonly edition?: string;
  /** Only a person can attest it: no check looks at it, and no report says it passed or failed. */
  readonly guidance?: true;
  /** Where the vendor publishes the document, if anywhere. */
  readonly address?: string;
}

type Row = readonly [
  id: string,
  level: Level,
  section: string,
  text: string,
  more?: Pick<Requirement, 'edition' | 'guidance' | 'from' | 'until'>,
];

/** A document: its sentences that ask for something, one row each. */
export interface Document {
  readonly title: string;
  readonly address?: string;
  readonly rows: readonly Row[];
}
