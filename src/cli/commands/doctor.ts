import type { ProbeInfo } from '../../api/index.ts';
import { probeText } from '../../api/texts/index.ts';
import type { CliCommand } from '../command.ts';
import type { Context, Run } from '../context.ts';
import { exitCodeOfError, type ExitCode } from '../exit-codes.ts';
import { visible } from '../format.ts';
import type { Colour } from '../output.ts';
import { parseDoctorTarget } from '../parse.ts';

const VERDICTS: Readonly<Record<ProbeInfo['verdict'], readonly [shape: string, colour: Colour]>> = {
  ok: ['✓', 'green'],
  degraded: ['!', 'yellow'],
  failed: ['✗', 'red'],
  skipped: ['-', 'dim'],
};

/** `doctor`: whether a server behaves as a sync needs it to. */
export function addDoctorCommand(program: CliCommand, run: Run): void {
  program
    .command('doctor')
    .description(
      'Check that a server behaves as syncing needs it to. In a bucket, small objects are written and removed.',
    )
    .argument('<account[:bucket]>', 'the account, and the bucket to try things in')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing failed, 2 the server can not be reached or refuses the\nkeys, 3 something else failed.',
    )
    .examples(
      ['rustfs-sync doctor home', 'Check the address, the keys and the clock'],
      ['rustfs-sync doctor home:photos', 'Check reading and writing in a bucket too'],
    )
    .action(run(doctor));
}

async function doctor(context: Context, text: string): Promise<ExitCode> {
  const { out, signal } = context;
  const { account, bucket } = parseDoctorTarget(text);
  const client = await context.client();
  const failed: ProbeInfo[] = [];
  let degraded = 0;
  for await (const probe of client.stream('doctor', bucket === undefined ? { account } : { account, bucket }, signal)) {
    if (probe.verdict === 'failed') failed.push(probe);
    if (probe.verdict === 'degraded') degraded++;
    if (out.isJson) await out.json(probe);
    else await print(context, probe);
  }
  signal.throwIfAborted();
  const isGood = failed.length === 0 && degraded === 0;
  await out.note(isGood ? out.words.allGood : out.words.summary(failed.length, degraded));
  if (failed.length === 0) return 0;
  return failed.some(({ code }) => code !== undefined && exitCodeOfError(code) === 2) ? 2 : 3;
}

async function print({ out }: Context, probe: ProbeInfo): Promise<void> {
  const [shape, colour] = VERDICTS[probe.verdict];
  const { title, finding, advice } = probeText(probe, out.language);
  await out.line(`${out.paint(shape, colour)} ${visible(title)}${out.words.colon}${visible(finding)}`);
  if (advice !== '') await out.line(`    ${visible(advice)}`);
  const isFine = probe.verdict === 'ok' || probe.verdict === 'skipped';
  // What the engine said names what it is about, and how much.
  if (!isFine && finding !== probe.finding) await out.line(`    ${visible(`${probe.finding} ${probe.advice}`.trim())}`);
}
