import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../core/environment.ts';
import type { SampleLanguage, TrialServer } from '../trial/index.ts';
import { systemClock } from './system-clock.ts';

/** What a trial needs of the computer. */
export interface TrialPlaces {
  startServer(language: SampleLanguage): Promise<TrialServer>;
  /** Removes the bytes of its objects, those of a server whose process was killed too. */
  removeServerFiles(): Promise<void>;
  /** @returns a path at which there is nothing yet. */
  freeSamplePath(language: SampleLanguage, place: string | undefined): Promise<string>;
  makeSample(path: string, language: SampleLanguage): Promise<void>;
  /** @returns whether it is gone; what somebody changed stays. */
  removeSample(path: string): Promise<boolean>;
}

/** A trial beside the state in `home`. Nothing of it is loaded unless a person asks for one. */
export function trialPlacesIn(home: string, homeDirectory: string, log: Log): TrialPlaces {
  const load = () => import('../trial/index.ts');
  const directory = join(home, 'trial');
  return {
    startServer: async (language) => {
      const { sampleIn, startTrialServer } = await load();
      return startTrialServer({
        directory,
        now: () => systemClock.now(),
        files: sampleIn(language).remote,
        onDefect: (error) => log.error('The throw-away server met a defect', { error: String(error) }),
      });
    },
    removeServerFiles: () => rm(directory, { recursive: true, force: true }),
    freeSamplePath: async (language, place) => {
      const { freeSamplePath } = await load();
      return freeSamplePath(place ?? (await documentsIn(homeDirectory)), language);
    },
    makeSample: async (path, language) => (await load()).makeSampleFolder(path, language),
    removeSample: async (path) => (await load()).removeSampleFolder(path),
  };
}

async function documentsIn(homeDirectory: string): Promise<string> {
  const documents = join(homeDirectory, 'Documents');
  const isThere = await stat(documents).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isThere ? documents : homeDirectory;
}
