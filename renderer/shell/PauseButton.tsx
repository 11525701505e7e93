import { Pause, Play } from 'lucide-react';
import { engine } from '../engine/engine.ts';
import { useText } from '../i18n/index.ts';
import { attempt } from '../store/attempt.ts';
import { refreshConfiguration } from '../store/server-events.ts';
import { useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';

/** Pauses all folders, or lets them go on; not there while there is none. */
export function PauseButton({ isQuiet = false }: { readonly isQuiet?: boolean }) {
  const t = useText();
  const isPaused = useApp((state) => state.status?.paused ?? false);
  const hasFolders = useApp((state) => (state.status?.folders.length ?? 0) > 0);
  if (!hasFolders) return null;
  const label = isQuiet
    ? t(isPaused ? 'common.resume' : 'common.pause')
    : t(isPaused ? 'transfers.resume-all' : 'transfers.pause-all');
  return (
    <Button
      variant={isQuiet ? 'quiet' : 'plain'}
      icon={isPaused ? Play : Pause}
      onPress={() =>
        attempt('', async () => {
          await engine().call('setting.set', { paused: !isPaused });
          await refreshConfiguration();
        })
      }
    >
      {label}
    </Button>
  );
}
