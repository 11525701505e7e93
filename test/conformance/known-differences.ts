/**
 * Where a real server answers otherwise than the double, which follows RustFS's source and the S3 documentation. A
 * probe that is not listed here must give the same result everywhere; one that is listed must really differ.
 */
export const knownDifferences: Readonly<Record<string, Readonly<Record<string, { outcome: unknown; note: string }>>>> =
  {
    MinIO: {
      'delete: wrong If-Match': { outcome: '204', note: 'conditions on DELETE are ignored: the object is gone' },
      'delete: If-Match on a missing key': { outcome: '204', note: 'conditions on DELETE are ignored' },
      'delete: object survives a wrong If-Match': { outcome: false, note: 'conditions on DELETE are ignored' },
      'copy: If-None-Match * on an existing destination': { outcome: '200', note: 'destination conditions ignored' },
      'copy: wrong If-Match on the destination': { outcome: '200', note: 'destination conditions ignored' },
      'copy: If-Match on a missing destination': { outcome: '200', note: 'destination conditions ignored' },
      'abort: twice': { outcome: '204', note: 'aborting what is not there succeeds' },
      'part number 0': { outcome: '400 InvalidPart', note: 'another code' },
      'uploads: by a directory prefix': { outcome: [], note: 'the prefix is taken as an exact key' },
      'key: dot segment': { outcome: '400 XMinioInvalidResourceName', note: 'a code of its own' },
      'key: dot dot segment': { outcome: '400 XMinioInvalidResourceName', note: 'a code of its own' },
      'key: empty segment': { outcome: '400 XMinioInvalidObjectName', note: 'a code of its own' },
      'key: NUL': { outcome: '400 XMinioInvalidObjectName', note: 'a code of its own' },
      'key: line feed': { outcome: '200', note: 'accepted' },
      'key: segment of 256 bytes': { outcome: '400 XMinioInvalidObjectName', note: 'a code of its own' },
      'delete many: keys reported as deleted': {
        outcome: ['batch/2', undefined],
        note: 'with a bad key in the batch, one deletion is not reported and a nameless one is',
      },
      'versions: DELETE of a missing key': {
        outcome: { status: '204', marker: false },
        note: 'leaves no delete marker',
      },
      'versions: unknown version id': { outcome: '400 InvalidArgument', note: 'ids have to be UUIDs' },
      'events: key as delivered': { outcome: 'dir/a b+%&中.txt', note: 'not URL-encoded, RustFS form-encodes it' },
    },
  };
