import {
  ArrowDown,
  ArrowUp,
  CircleCheck,
  CirclePause,
  CircleDashed,
  CircleSlash,
  CircleX,
  Clock,
  Cloud,
  CloudOff,
  OctagonAlert,
  RefreshCw,
  Split,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react';
import type { FolderStatus, ItemState } from '../../src/api/index.ts';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'quiet';
export type StateName = ItemState['state'] | FolderStatus['state'];

/** Each state has a shape of its own, so that nobody has to tell colours apart. */
const MARKS: Readonly<Record<StateName, readonly [Tone, LucideIcon]>> = {
  'remote-only': ['quiet', Cloud],
  'in-sync': ['good', CircleCheck],
  waiting: ['quiet', Clock],
  uploading: ['busy', ArrowUp],
  downloading: ['busy', ArrowDown],
  conflict: ['warn', Split],
  skipped: ['quiet', CircleSlash],
  failed: ['bad', CircleX],
  starting: ['busy', CircleDashed],
  comparing: ['busy', RefreshCw],
  syncing: ['busy', RefreshCw],
  attention: ['warn', TriangleAlert],
  'not-running': ['quiet', CircleDashed],
  paused: ['quiet', CirclePause],
  offline: ['quiet', CloudOff],
  held: ['warn', OctagonAlert],
  stopped: ['bad', CircleX],
};

/** The shape of a state with a word beside it. */
export function StateMark({
  state,
  text,
  title,
}: {
  readonly state: StateName;
  readonly text: string;
  readonly title?: string;
}) {
  const [tone, Icon] = MARKS[state];
  return (
    <span className="state" data-tone={tone} title={title}>
      <Icon className="icon" aria-hidden />
      <span className="ellipsis">{text}</span>
    </span>
  );
}
