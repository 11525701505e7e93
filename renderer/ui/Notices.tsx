import { CircleCheck, CircleX, X } from 'lucide-react';
import { useText } from '../i18n/index.ts';
import { dismissNotice, useApp } from '../store/store.ts';
import { Button, IconButton } from './Button.tsx';

/** Short words in the corner; read out when they come. */
export function Notices() {
  const t = useText();
  const notices = useApp((state) => state.notices);
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map(({ id, kind, text, advice, actions }) => (
        <div key={id} className="notice" data-kind={kind}>
          {kind === 'done' ? <CircleCheck className="icon" aria-hidden /> : <CircleX className="icon" aria-hidden />}
          <div>
            <p>{text}</p>
            {advice === '' ? null : <p className="muted">{advice}</p>}
            {actions.length === 0 ? null : (
              <p className="row">
                {actions.map(({ label, run }) => (
                  <Button
                    key={label}
                    onPress={() => {
                      dismissNotice(id);
                      run();
                    }}
                  >
                    {label}
                  </Button>
                ))}
              </p>
            )}
          </div>
          <IconButton icon={X} label={t('common.close')} onPress={() => dismissNotice(id)} />
        </div>
      ))}
    </div>
  );
}
