import type { Clock, Log, WatchOptions, WatchService } from '../core/environment.ts';
import { PRIVATE_DIRECTORY } from '../core/paths.ts';
import { watchDirectories, watchRecursively, type DirectoryEvents, type DirectoryWatches } from './watch-chokidar.ts';
import { FloodGauge, floodLimit } from './watch-flood.ts';
import { PlatformWatch } from './watch-recursive.ts';
import { TreeWatch } from './watch-tree.ts';

/** What a test may put in the place of the real thing. */
export interface WatchParts {
  readonly directories?: (events: DirectoryEvents) => DirectoryWatches;
  /** Watch each root with one handle, as on macOS and Windows. */
  readonly recursive?: boolean;
  /** Events in one turn of the event loop that count as an overflow. */
  readonly floodLimit?: number;
}

/**
 * Watches roots through chokidar: one watch per directory on Linux, one per root where the system watches whole trees
 * (macOS, Windows). Hints only: every loss that can be noticed comes as an overflow.
 */
export function createWatchService(clock: Clock, log: Log, parts: WatchParts = {}): WatchService {
  const open = new Set<TreeWatch>();
  const recursive = parts.recursive ?? (process.platform === 'darwin' || process.platform === 'win32');
  // All watches of a process share one queue in the kernel.
  const gauge = new FloodGauge(clock, parts.floodLimit ?? floodLimit(), () => {
    log.warn('So many file events came at once that some may be lost; folders are scanned.');
    for (const watch of open) watch.eventsLost('too many changes at once');
  });

  return {
    async watch(root, options, onHint) {
      const guarded = guardOptions(options);
      if (recursive) {
        const platform = new PlatformWatch(root, guarded, onHint, { clock, log, open: watchRecursively });
        await platform.start();
        return platform;
      }
      const watch = new TreeWatch(root, guarded, onHint, {
        clock,
        log,
        directories: parts.directories ?? watchDirectories,
        onAnyEvent: () => gauge.count(),
      });
      open.add(watch);
      try {
        await watch.start();
      } catch (error) {
        open.delete(watch);
        await watch.close();
        throw error;
      }
      return {
        async close() {
          open.delete(watch);
          await watch.close();
        },
      };
    },
  };
}

/** Our own directory is never watched, whatever the rules say. */
function guardOptions(options: WatchOptions): WatchOptions {
  return { ignoresDirectory: (path) => path === PRIVATE_DIRECTORY || options.ignoresDirectory(path) };
}
