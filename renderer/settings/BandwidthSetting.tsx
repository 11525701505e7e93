import { useState } from 'react';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/Field.tsx';
import { Setting } from './Settings.tsx';

const MEGABYTE = 1_000_000;

/** A limit in megabytes a second; empty or nought for none. */
export function BandwidthSetting({
  title,
  bytesPerSecond,
  onChange,
}: {
  readonly title: string;
  readonly bytesPerSecond: number;
  readonly onChange: (bytesPerSecond: number) => void;
}) {
  const t = useText();
  const { rate, megabytesPerSecond } = useFormats();
  const [typed, setTyped] = useState<string>();
  const shown = bytesPerSecond === 0 ? '' : String(bytesPerSecond / MEGABYTE);
  const value = typed ?? shown;
  const wanted = value.trim() === '' ? 0 : Number(value.replace(',', '.'));
  const isValid = Number.isFinite(wanted) && wanted >= 0 && wanted < 100_000;
  const isChanged = isValid && Math.round(wanted * MEGABYTE) !== bytesPerSecond;
  return (
    <Setting
      title={title}
      help={bytesPerSecond === 0 ? t('settings.no-limit') : t('settings.limited', { rate: rate(bytesPerSecond) })}
    >
      <form
        className="limit"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isChanged) return;
          onChange(Math.round(wanted * MEGABYTE));
          setTyped(undefined);
        }}
      >
        <TextField
          label={title}
          value={value}
          onChange={setTyped}
          placeholder="0"
          wrong={isValid ? undefined : t('settings.limit-wrong')}
        />
        <span className="muted">{megabytesPerSecond}</span>
        <Button type="submit" size="large" isDisabled={!isChanged}>
          {t('common.apply')}
        </Button>
      </form>
    </Setting>
  );
}
