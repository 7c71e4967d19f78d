/** Stands in for an object store in the demo: answers HeadBucket and nothing else (no well-kept S3 server is on npm). */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens on a free port of 127.0.0.1 until `stop`. */
export async function fakeS3(bucket: string): Promise<{ endpoint: string; stop: () => void }> {
  const server = createServer((request, response) => {
    const known = request.method === 'HEAD' && request.url?.split('?')[0]?.replace(/\/$/, '') === `/${bucket}`;
    response.writeHead(known ? 200 : 404, { 'x-amz-bucket-region': 'us-east-1' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
