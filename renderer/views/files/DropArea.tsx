import { useRef, useState, type ReactNode } from 'react';
import { currentFormats } from '../../i18n/format.ts';
import { currentLanguage, translator, useText } from '../../i18n/index.ts';
import { tellFailure } from '../../store/attempt.ts';
import { notify } from '../../store/store.ts';
import type { Place } from '../../store/types.ts';
import { handUploads } from '../../store/uploads.ts';
import { filesOfDrop } from './picked-files.ts';

/** Files and folders that are dropped here are sent to the place that is shown. */
export function DropArea({ place, children }: { readonly place: Place; readonly children: ReactNode }) {
  const t = useText();
  const [isOver, setOver] = useState(false);
  // Entering a child comes before leaving its parent.
  const depth = useRef(0);
  const enter = (step: 1 | -1) => {
    depth.current += step;
    setOver(depth.current > 0);
  };
  return (
    <div
      className="files-body"
      onDragEnter={(event) => {
        if (event.dataTransfer.types.includes('Files')) enter(1);
      }}
      onDragLeave={(event) => {
        if (event.dataTransfer.types.includes('Files')) enter(-1);
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      }}
      onDrop={(event) => {
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        filesOfDrop(event.dataTransfer).then(({ picked, unreadable }) => {
          handUploads.add(place, picked);
          if (unreadable.length > 0) tellUnreadable(unreadable);
        }, tellFailure);
      }}
    >
      {children}
      {isOver ? (
        <div className="drop-here">{t('files.drop', { name: place.prefix === '' ? place.bucket : place.prefix })}</div>
      ) : null}
    </div>
  );
}

const MOST_NAMED = 3;

function tellUnreadable(paths: readonly string[]): void {
  const t = translator(currentLanguage());
  const text = t('uploads.unreadable', { count: paths.length, files: currentFormats().number(paths.length) });
  notify('failed', text, paths.slice(0, MOST_NAMED).join('\n') + (paths.length > MOST_NAMED ? '\n…' : ''));
}
