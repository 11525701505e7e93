import {
  File,
  FileArchive,
  FileAudio,
  FileCode,
  FileText,
  FileVideo,
  Folder,
  Image,
  type LucideIcon,
} from 'lucide-react';
import type { PageItem } from '../../../src/api/index.ts';

const ICONS: readonly (readonly [RegExp, LucideIcon])[] = [
  [/\.(jpe?g|png|gif|webp|avif|heic|tiff?|dng|raw|cr2|nef|arw|svg|bmp)$/i, Image],
  [/\.(mp4|mov|mkv|avi|webm|m4v)$/i, FileVideo],
  [/\.(mp3|flac|wav|ogg|m4a|aac|opus)$/i, FileAudio],
  [/\.(zip|tar|gz|tgz|bz2|xz|7z|rar|zst)$/i, FileArchive],
  [/\.(js|ts|tsx|rs|py|go|c|h|cpp|java|rb|sh|sql|json|ya?ml|toml|html|css)$/i, FileCode],
  [/\.(txt|md|pdf|docx?|odt|rtf|csv|xlsx?|pptx?|log)$/i, FileText],
];

export function FileIcon({ item }: { readonly item: PageItem }) {
  const Icon = item.kind === 'prefix' ? Folder : (ICONS.find(([names]) => names.test(item.key))?.[1] ?? File);
  return <Icon className="icon file-icon" data-kind={item.kind} aria-hidden />;
}
