/**
 * Stands in for an object store in the demo, and in tests of what a sound store never does (no well-kept S3 server is
 * on npm): one bucket, what the audit asks of it, no signatures. `test/real/s3.test.ts` has a real one.
 */

import type { AddressInfo } from 'node:net';

export interface FakeS3 {
  readonly endpoint: string;
  /** Keys that are in the bucket. */
  readonly objects: ReadonlySet<string>;
  readonly stop: () => void;
}

const XML: Readonly<Record<string, string>> = {
  location: '<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>',
  versioning: '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>',
  encryption:
    '<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>',
};

/**
 * Listens on a free port of 127.0.0.1 until `stop`. `fault`: the status to answer a request with, by its method and what
 * it is about (a key, or the part of the bucket's configuration); 0 for silence.
 */
export async function fakeS3(
  bucket: string,
  fault: (method: string, about: string) => number | undefined = () => undefined,
): Promise<FakeS3> {
  const objects = new Set<string>();
  const { createServer } = await import('node:http');
  const server = createServer((request, response) => {
    const { method = '' } = request;
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://store');
    const [, name, ...rest] = pathname.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const part = Object.keys(XML).find((p) => searchParams.has(p));
    const answer = (status: number, text = ''): void => {
      response.writeHead(status, { 'x-amz-bucket-region': 'us-east-1' }).end(text);
    };
    request.resume().on('end', () => {
      const planted = fault(method, part ?? key);
      if (method === 'PUT' && key && (planted === undefined || planted === 0)) objects.add(key);
      if (planted === 0) return;
      if (planted !== undefined) answer(planted);
      else if (name !== bucket) answer(404);
      else if (part) answer(200, XML[part]);
      else if (method === 'DELETE') answer(objects.delete(key) ? 204 : 404);
      else answer(key === '' || objects.has(key) ? 200 : 404);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
