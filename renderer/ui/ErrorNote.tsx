import { CircleAlert, TriangleAlert } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import type { SyncError } from '../../src/api/index.ts';
import { useErrorText } from '../i18n/error-text.ts';
import { useText } from '../i18n/index.ts';

/** What went wrong, what to do about it, and for experts what the machine said. */
export function ErrorNote({
  error,
  children,
}: {
  readonly error: SyncError | undefined;
  readonly children?: ReactNode;
}) {
  const t = useText();
  const textOf = useErrorText();
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A form may be longer than its dialog.
    if (note.current?.closest('form') != null) note.current.scrollIntoView({ block: 'nearest' });
  }, [error]);
  if (error === undefined) return null;
  const { message, advice, detail } = textOf(error);
  return (
    <div ref={note} className="note" data-kind="bad" role="alert">
      <CircleAlert className="icon" aria-hidden />
      <div className="spread">
        <p>{message}</p>
        <p className="advice">{advice}</p>
        {children}
        {detail === '' ? null : (
          <details>
            <summary>{t('common.details')}</summary>
            <p className="code">{detail}</p>
          </details>
        )}
      </div>
    </div>
  );
}

/** Something that one should know before going on. */
export function WarningNote({ children }: { readonly children: ReactNode }) {
  return (
    <div className="note">
      <TriangleAlert className="icon" aria-hidden />
      <div className="spread">{children}</div>
    </div>
  );
}
