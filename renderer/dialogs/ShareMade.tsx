import { Copy } from 'lucide-react';
import type { ShareInfo } from '../../src/api/index.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { attempt } from '../store/attempt.ts';
import { closeDialog } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { WarningNote } from '../ui/ErrorNote.tsx';
import { QrCode } from './QrCode.tsx';

/** A link, to be copied or read by a phone. */
export function ShareMade({ title, share }: { readonly title: string; readonly share: ShareInfo }) {
  const t = useText();
  const { time } = useFormats();
  const copy = () => attempt(t('share.copied'), () => navigator.clipboard.writeText(share.url));
  const isMade = share.kind === 'page' || share.kind === 'zip';
  return (
    <Dialog
      title={title}
      size="wide"
      onClose={closeDialog}
      footer={
        <>
          <Button size="large" onPress={closeDialog}>
            {t('common.close')}
          </Button>
          <Button size="large" variant="primary" icon={Copy} autoFocus onPress={copy}>
            {t('share.copy')}
          </Button>
        </>
      }
    >
      {share.warnings.map(({ code }) => (
        <WarningNote key={code}>
          <p>{t(`warning.${code}`)}</p>
        </WarningNote>
      ))}
      <div className="share-result">
        <QrCode text={share.url} label={t('share.qr')} />
        <div className="stack">
          <p className="share-url code" data-testid="share-url" tabIndex={0}>
            {share.url}
          </p>
          <p className="muted">{t('share.until', { time: time(share.expiresMs) })}</p>
          <p className="muted">{t(isMade ? 'share.recall' : 'share.no-recall')}</p>
        </div>
      </div>
    </Dialog>
  );
}

/** A link that was made before, again. */
export function Shared({ name, share }: { readonly name: string; readonly share: ShareInfo }) {
  const t = useText();
  return <ShareMade title={t('share.title', { name })} share={share} />;
}
