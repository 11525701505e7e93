/** Whether a host, with or without the brackets of IPv6, is this computer and nobody else. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(hostname);
}
