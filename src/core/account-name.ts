/** What an account's name has to be: it stands before a colon in commands. */
export const ACCOUNT_NAME_RULE =
  'Use up to 63 characters without colons, slashes or spaces, not starting with "-". For example: home';

export function isAccountName(text: string): boolean {
  return /^[^\s:/\\-][^\s:/\\]{0,62}$/u.test(text);
}
