/**
 * Where a real server answers otherwise than the double, which follows the S3 documentation. A probe that is not listed
 * here must give the same result everywhere; one that is listed must really differ. Seen of RustFS 1.0.1 and of MinIO's
 * last releases.
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
    RustFS: {
      'bucket: made twice': { outcome: '200', note: 'as S3 in us-east-1: what is there already is made' },
      'nested: listing shows': { outcome: ['nest/a', 'nest/a/b'], note: 'both live together' },
      'nested: listing below shows': { outcome: ['nest/a/b'], note: 'both live together' },
      'complete: twice': { outcome: '200', note: 'the answer of the first time again' },
      'delete: If-Match on a missing key': { outcome: '412 PreconditionFailed', note: 'another code' },
      'part: wrong checksum': { outcome: '400 BadDigest', note: 'another code' },
      'part copy: beyond the end': { outcome: '416 InvalidRange', note: 'another code' },
      'Content-MD5: no MD5': { outcome: '500 InternalError', note: 'refused all the same' },
      'checksum: wrong': { outcome: '400 BadDigest', note: 'another code' },
      'link: of the future': { outcome: '403 RequestTimeTooSkewed', note: 'another code' },
      'versions: If-Match under a delete marker': { outcome: '200', note: 'written all the same, as a new version' },
      'versions: size of a part of an old one': { outcome: 5_242_890, note: 'the size of the whole' },
      'versions: unknown version id': { outcome: '400 InvalidArgument', note: 'ids have to be UUIDs' },
    },
  };
