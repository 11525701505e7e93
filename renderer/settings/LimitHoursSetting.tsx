import { useState } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { SettingsInfo } from '../../src/api/index.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { Segments } from '../ui/Choice.tsx';
import { TextField } from '../ui/Field.tsx';
import { Setting } from './Settings.tsx';

type LimitHours = NonNullable<SettingsInfo['limitHours']>;

const WEEK = [1, 2, 3, 4, 5, 6, 7];
const WORKING_HOURS: LimitHours = { days: [1, 2, 3, 4, 5], fromMinute: 8 * 60, toMinute: 18 * 60 };

/** Whether the limits hold always, or on some days from one time to another. */
export function LimitHoursSetting({
  hours,
  onChange,
}: {
  readonly hours: LimitHours | null;
  readonly onChange: (hours: LimitHours | null) => void;
}) {
  const t = useText();
  const isOverNight = hours !== null && hours.toMinute <= hours.fromMinute;
  return (
    <>
      <Setting
        title={t('settings.limit-hours')}
        help={t(hours === null ? 'settings.limit-hours.always.help' : 'settings.limit-hours.some.help')}
      >
        <Segments
          label={t('settings.limit-hours')}
          value={hours === null ? 'always' : 'some'}
          onChange={(value) => onChange(value === 'always' ? null : WORKING_HOURS)}
          options={[
            { value: 'always', title: t('settings.limit-hours.always') },
            { value: 'some', title: t('settings.limit-hours.some') },
          ]}
        />
      </Setting>
      {hours === null ? null : (
        <>
          <Setting title={t('settings.limit-hours.days')}>
            <Days days={hours.days} onChange={(days) => onChange({ ...hours, days })} />
          </Setting>
          <Setting
            title={t('settings.limit-hours.times')}
            help={isOverNight ? t('settings.limit-hours.over-night') : undefined}
          >
            <div className="limit" data-times="">
              <Time
                label={t('settings.limit-hours.from')}
                minute={hours.fromMinute}
                onChange={(fromMinute) => onChange({ ...hours, fromMinute })}
              />
              <span aria-hidden>–</span>
              <Time
                label={t('settings.limit-hours.to')}
                minute={hours.toMinute}
                onChange={(toMinute) => onChange({ ...hours, toMinute })}
              />
            </div>
          </Setting>
        </>
      )}
    </>
  );
}

function Days({
  days,
  onChange,
}: {
  readonly days: readonly number[];
  readonly onChange: (days: readonly number[]) => void;
}) {
  const t = useText();
  const { weekday } = useFormats();
  return (
    <ToggleButtonGroup
      className="segments"
      data-many=""
      aria-label={t('settings.limit-hours.days')}
      selectionMode="multiple"
      disallowEmptySelection
      selectedKeys={days}
      onSelectionChange={(chosen) => onChange(WEEK.filter((day) => chosen.has(day)))}
    >
      {WEEK.map((day) => (
        <ToggleButton key={day} id={day} className="segment">
          {weekday(day)}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

/** A time of the day, taken over when it is complete and left. */
function Time({
  label,
  minute,
  onChange,
}: {
  readonly label: string;
  readonly minute: number;
  readonly onChange: (minute: number) => void;
}) {
  const [typed, setTyped] = useState<string>();
  const two = (value: number) => String(value).padStart(2, '0');
  return (
    <TextField
      label={label}
      type="time"
      value={typed ?? `${two(Math.floor(minute / 60))}:${two(minute % 60)}`}
      onChange={setTyped}
      onBlur={() => {
        const [, hours, minutes] = /^(\d{2}):(\d{2})/.exec(typed ?? '') ?? [];
        setTyped(undefined);
        if (hours !== undefined && minutes !== undefined) onChange(Number(hours) * 60 + Number(minutes));
      }}
    />
  );
}
