/** What whoever passes a link on has to know, by the code of the warning. */
export const links = {
  'warning.this-computer': 'The server is on this computer: nobody else can open the link.',
  'warning.private-address': 'The server has a private address: only people in the same network can open the link.',
  'warning.plain-http': 'The link is plain HTTP: whoever is on the way can read and use it.',
  'warning.older-version': 'The file on this computer is newer than what the link leads to, until it is uploaded.',
  'warning.files-left-out': 'Some files are not in it: other computers can not hold such names.',
} as const;
