import {
  CircleCheck,
  CircleMinus,
  CircleX,
  Copy,
  FileText,
  Stethoscope,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react';
import { useState } from 'react';
import { probeText, type ProbeInfo } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { useApp } from '../store/store.ts';
import { attempt } from '../store/attempt.ts';
import { Button } from '../ui/Button.tsx';
import { Checkbox } from '../ui/Choice.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { Setting } from './Settings.tsx';

const MARKS: Readonly<Record<ProbeInfo['verdict'], readonly [LucideIcon, string]>> = {
  ok: [CircleCheck, 'good'],
  degraded: [TriangleAlert, 'warn'],
  failed: [CircleX, 'bad'],
  skipped: [CircleMinus, 'quiet'],
};

/** Tries everything that sync relies on, against the bucket that is shown. */
export function Diagnostics() {
  const t = useText();
  const place = useApp((state) => state.place);
  const account = useApp((state) => state.place?.account ?? state.accounts?.[0]?.name);
  const [probes, setProbes] = useState<readonly ProbeInfo[]>([]);
  const run = useAction(async () => {
    setProbes([]);
    const target = { account: account ?? '', ...(place !== undefined && { bucket: place.bucket }) };
    for await (const probe of engine().stream('doctor', target)) setProbes((old) => [...old, probe]);
  });
  const target = place === undefined ? (account ?? '') : `${place.account} · ${place.bucket}`;
  return (
    <>
      <Report />
      <Setting title={t('settings.doctor')} help={t('settings.doctor.help', { target })}>
        <Button icon={Stethoscope} isDisabled={run.isBusy || account === undefined} onPress={() => void run.run()}>
          {t(run.isBusy ? 'settings.doctor.running' : 'settings.doctor.run')}
        </Button>
      </Setting>
      <ErrorNote error={run.error} />
      <ul aria-live="polite">
        {probes.map((probe) => (
          <Probe key={probe.id} probe={probe} />
        ))}
      </ul>
    </>
  );
}

function Probe({ probe }: { readonly probe: ProbeInfo }) {
  const t = useText();
  const { title, finding, advice } = probeText(probe, useLanguage());
  const [Icon, tone] = MARKS[probe.verdict];
  return (
    <li className="probe">
      <span className="state" data-tone={tone}>
        <Icon className="icon" aria-label={t(`doctor.${probe.verdict}`)} />
      </span>
      <div>
        <p>{title}</p>
        {finding === '' ? null : <p className="muted">{finding}</p>}
        {advice === '' ? null : <p className="muted">{advice}</p>}
      </div>
    </li>
  );
}

/** One text for whoever helps, kept beside the log. */
function Report() {
  const t = useText();
  const [withNames, setWithNames] = useState(false);
  const [report, setReport] = useState<{ readonly text: string; readonly path?: string | undefined }>();
  const make = useAction(async () => {
    setReport(await engine().call('diagnostics.make', { withNames, save: true }));
  });
  const copy = (text: string) => attempt(t('settings.report.copied'), () => navigator.clipboard.writeText(text));
  return (
    <>
      <Setting title={t('settings.report')} help={t(withNames ? 'settings.report.help-names' : 'settings.report.help')}>
        <Button icon={FileText} isDisabled={make.isBusy} onPress={() => void make.run()}>
          {t(make.isBusy ? 'settings.report.making' : 'settings.report.make')}
        </Button>
      </Setting>
      <Checkbox isSelected={withNames} onChange={setWithNames}>
        {t('settings.report.names')}
      </Checkbox>
      <ErrorNote error={make.error} />
      {report === undefined ? null : (
        <div className="setting" role="status">
          <p className="muted">{t('settings.report.saved', { path: report.path ?? '' })}</p>
          <Button icon={Copy} onPress={() => copy(report.text)}>
            {t('settings.report.copy')}
          </Button>
        </div>
      )}
    </>
  );
}
