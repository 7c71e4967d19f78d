/** ::ffff:a.b.c.d is the address a.b.c.d to who asks for it by IPv6 (RFC 4291 2.5.5.2). `address` is as a URL has it, without brackets. */
export const unmapped = (address: string): string => {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  return [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]).join('.');
};
