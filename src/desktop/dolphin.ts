import { join } from 'node:path';
import type { Integration } from './integration.ts';
import { MARKER, OwnedFiles } from './owned-files.ts';
import { execValue } from './quoting.ts';
import { dataDirectory, shareCommand, TITLES, type Surroundings } from './surroundings.ts';

/** A service menu of KDE. Plasma 6 heeds those of a person only where they are executable. */
export function dolphinIntegration(surroundings: Surroundings): Integration {
  const path = join(dataDirectory(surroundings), 'kio', 'servicemenus', 'rustfs-sync.desktop');
  const text = `# ${MARKER}: "rustfs-sync integrate install" writes this file anew, "rustfs-sync integrate remove" takes it away.
[Desktop Entry]
Type=Service
Name=RustFS Sync
MimeType=application/octet-stream;inode/directory;
X-KDE-ServiceTypes=KonqPopupMenu/Plugin
X-KDE-Protocols=file;
X-KDE-Priority=TopLevel
Actions=copyLink;

[Desktop Action copyLink]
Name=${TITLES.en}
Name[zh_CN]=${TITLES['zh-CN']}
Icon=emblem-shared
Exec=${execValue(shareCommand(surroundings))} %F
`;
  return new OwnedFiles([{ path, text, executable: true }]);
}
