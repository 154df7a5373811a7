/** Which certificates a session description stands for (RFC 8122). */

const LINE = /^a=fingerprint:(\S+) (\S+)\s*$/gim;
const SHA_256 = /^(?:[\dA-F]{2}:){31}[\dA-F]{2}$/;

/**
 * Every fingerprint in it, once, ascending. Throws where there is none, or one of another hash: the
 * browser would take any certificate that fits one of them.
 */
export function fingerprintsOf(sdp: string): string[] {
  const found = new Set<string>();
  for (const [, hash = "", value = ""] of sdp.matchAll(LINE)) {
    const bytes = value.toUpperCase();
    if (hash.toLowerCase() !== "sha-256" || !SHA_256.test(bytes)) throw new TypeError("unknown fingerprint");
    found.add(bytes);
  }
  if (found.size === 0) throw new TypeError("no fingerprint");
  return [...found].toSorted();
}
