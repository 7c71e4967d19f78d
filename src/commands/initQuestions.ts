/** The questions `init` asks at a terminal. Every one can be left empty. */

import { statSync } from 'node:fs';
import { productNames } from '../load/productNames.js';
import { type Product, UsageError } from '../model/inventory.js';

export interface InitAnswers {
  readonly nodes?: string;
  readonly fromAnsible?: string;
  readonly group?: string;
  readonly product?: Product;
  readonly user?: string;
  readonly sudo?: boolean;
  readonly cluster?: string;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Questions go to standard error, so that standard output has only the inventory. UsageError when it is broken off. */
export async function ask(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<InitAnswers> {
  const { createInterface } = await import('node:readline');
  const asking = createInterface({ input, output, terminal: false });
  // lines that were pasted wait for their question
  const lines = asking[Symbol.asyncIterator]();
  const question = async (text: string): Promise<string> => {
    output.write(`${text}: `);
    const { value, done } = await lines.next();
    if (done) throw new UsageError('interrupted: nothing was written');
    return (value as string).trim();
  };
  try {
    const where = await question('Nodes, as [user@]host[:port], or an Ansible inventory file (empty: examples)');
    const ansible = where !== '' && isFile(where);
    const group = ansible ? await question('Only the hosts of this group (empty: all)') : '';
    let product = await question(`Product: ${productNames.join(', ')} (empty: detected on the nodes)`);
    while (product !== '' && !productNames.includes(product))
      product = await question(`${productNames.join(', ')}, or empty`);
    const user = await question('User to log in as (empty: as in ~/.ssh/config)');
    const sudo = await question('Read with sudo -n what only root can read? y or n (empty: n)');
    const cluster = await question('Name of the cluster (empty: the name of the file)');
    return {
      ...(ansible ? { fromAnsible: where } : where !== '' && { nodes: where.split(/[\s,]+/).join(',') }),
      ...(group !== '' && { group }),
      ...(product !== '' && { product: product as Product }),
      ...(user !== '' && { user }),
      ...(/^y/i.test(sudo) && { sudo: true }),
      ...(cluster !== '' && { cluster }),
    };
  } finally {
    asking.close();
  }
}
