import type { SettingsInfo } from '../../api/index.ts';
import type { CliCommand } from '../command.ts';
import type { Context, Run } from '../context.ts';
import { formatLimit, formatTable, listInWords } from '../format.ts';
import { formatLimitHours, parseLimitHours } from '../limit-hours.ts';
import { parseRate, parseSwitch } from '../parse.ts';
import { quote, usageError } from '../usage.ts';

interface Setting {
  readonly name: string;
  readonly meaning: string;
  show(settings: SettingsInfo): string;
  /** @throws SyncError invalid-argument when `text` is no value for it. */
  read(text: string): Partial<SettingsInfo>;
}

const SETTINGS: readonly Setting[] = [
  {
    name: 'upload-limit',
    meaning: 'most bytes sent a second',
    show: (settings) => formatLimit(settings.uploadLimitBytesPerSecond),
    read: (text) => ({ uploadLimitBytesPerSecond: parseRate(text, 'upload-limit') }),
  },
  {
    name: 'download-limit',
    meaning: 'most bytes received a second',
    show: (settings) => formatLimit(settings.downloadLimitBytesPerSecond),
    read: (text) => ({ downloadLimitBytesPerSecond: parseRate(text, 'download-limit') }),
  },
  {
    name: 'limit-hours',
    meaning: 'when the limits hold',
    show: (settings) => formatLimitHours(settings.limitHours),
    read: (text) => ({ limitHours: parseLimitHours(text) }),
  },
  {
    name: 'paused',
    meaning: 'whether all syncing is paused',
    show: (settings) => (settings.paused ? 'on' : 'off'),
    read: (text) => ({ paused: parseSwitch(text, 'paused') }),
  },
];

/** `config`: settings of the whole engine. */
export function addConfigCommand(program: CliCommand, run: Run): void {
  const names = SETTINGS.map(({ name, meaning }) => `  ${name.padEnd(14)}  ${meaning}`).join('\n');
  program
    .command('config')
    .description('Show settings, or change one.')
    .argument('[name]', 'name of the setting')
    .argument('[value]', 'its new value')
    .addHelpText('after', `\nSettings:\n${names}`)
    .examples(
      ['rustfs-sync config', 'Show all settings'],
      ['rustfs-sync config upload-limit 2MiB/s', 'Send no more than 2 MiB a second'],
      ['rustfs-sync config limit-hours "mon-fri 08:00-18:00"', 'Hold the limits in working hours only'],
      ['rustfs-sync config upload-limit 0', 'Send as fast as it goes'],
    )
    .action(run(config));
}

async function config(context: Context, name: string | undefined, value: string | undefined): Promise<undefined> {
  const { out, signal } = context;
  const chosen = name === undefined ? SETTINGS : [settingNamed(name)];
  const change = value === undefined ? undefined : chosen[0]?.read(value);
  const client = await context.client();
  const settings =
    change === undefined
      ? await client.call('setting.get', {}, signal)
      : await client.call('setting.set', change, signal);
  if (out.isJson) await out.json(settings);
  else if (name === undefined) {
    const rows = chosen.map((setting) => [setting.name, setting.show(settings), setting.meaning]);
    await out.lines(formatTable([{ title: 'NAME' }, { title: 'VALUE' }, { title: '' }], rows));
  } else await out.lines(chosen.map((setting) => setting.show(settings)));
  return undefined;
}

function settingNamed(name: string): Setting {
  const setting = SETTINGS.find((each) => each.name === name);
  if (setting !== undefined) return setting;
  const names = SETTINGS.map((each) => each.name);
  throw usageError(`There is no setting ${quote(name)}.`, `The settings are ${listInWords(names)}.`);
}
