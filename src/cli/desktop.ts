import { spawn } from 'node:child_process';
import { SyncError } from '../core/errors.ts';

/** The desktop around a command: its clipboard and its notifications. */
export interface Desktop {
  /** @throws SyncError not-supported where there is no program for it. */
  copy(text: string): Promise<void>;
  /** Shows a notification where that can be had; what can not be shown is no error. */
  notify(title: string, body: string): Promise<void>;
}

/** A program that takes what matters on stdin: arguments can be read by everybody on this computer. */
interface Helper {
  readonly program: string;
  readonly args: readonly string[];
}

/** PowerShell alone may take that long to start. */
const TOAST_PATIENCE_MS = 20_000;
const POWERSHELL: Helper = {
  program: 'powershell.exe',
  args: ['-NoProfile', '-NonInteractive', '-Command', '-'],
};
/** Windows shows notifications of programs in the start menu alone; PowerShell is one everywhere. */
const POWERSHELL_ID = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe';

/** A clipboard without a screen behind it hangs rather than fails. */
const PATIENCE_MS = 5_000;

type Env = Readonly<Record<string, string | undefined>>;

/** The desktop of this computer, through the programs that it has for that. */
export function systemDesktop(env: Env, platform: NodeJS.Platform): Desktop {
  return {
    async copy(text) {
      for (const helper of clipboards(env, platform)) if (await hasTaken(helper, text, env)) return;
      throw new SyncError({
        code: 'not-supported',
        message: 'There is no program here that puts the link, which is made, on the clipboard.',
        advice:
          platform === 'linux'
            ? 'Install wl-clipboard (Wayland) or xclip (X11). “rustfs-sync shares link ID” prints the link again.'
            : '“rustfs-sync shares link ID” prints the link again.',
      });
    },
    async notify(title, body) {
      if (platform === 'darwin') {
        const script = `display notification ${appleText(body)} with title ${appleText(title)}\n`;
        await hasTaken({ program: 'osascript', args: ['-'] }, script, env);
      } else if (platform === 'linux') {
        const args = ['--app-name=RustFS Sync', '--icon=rustfs-sync', '--', title, escapeMarkup(body)];
        await hasTaken({ program: 'notify-send', args }, '', env);
      } else if (platform === 'win32') {
        await hasTaken(POWERSHELL, toastScript(title, body), env, TOAST_PATIENCE_MS);
      }
    },
  };
}

function clipboards(env: Env, platform: NodeJS.Platform): Helper[] {
  if (platform === 'darwin') return [{ program: 'pbcopy', args: [] }];
  if (platform === 'win32') return [{ program: 'clip.exe', args: [] }];
  const wayland = [{ program: 'wl-copy', args: ['--type', 'text/plain'] }];
  const x11 = [
    { program: 'xclip', args: ['-selection', 'clipboard'] },
    { program: 'xsel', args: ['--clipboard', '--input'] },
  ];
  return [
    ...(isSet(env['WAYLAND_DISPLAY']) ? wayland : []),
    ...(isSet(env['DISPLAY']) ? x11 : []),
    // Linux inside Windows.
    ...(isSet(env['WSL_DISTRO_NAME']) ? [{ program: 'clip.exe', args: [] }] : []),
  ];
}

/** Whether the program is there and took the text. It may leave a process behind that holds the clipboard. */
function hasTaken({ program, args }: Helper, text: string, env: Env, timeout = PATIENCE_MS): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...env },
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout,
      windowsHide: true,
    });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    // A program that ends without reading says so by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(text);
  });
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

function appleText(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]+/g, ' ')}"`;
}

/** One statement a line, as PowerShell reads them from its input; in Base64, since it reads that in a code page that varies. */
function toastScript(title: string, body: string): string {
  const text = (value: string) =>
    `[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${Buffer.from(value).toString('base64')}'))`;
  const manager = 'Windows.UI.Notifications.ToastNotificationManager';
  return [
    `$null = [${manager}, Windows.UI.Notifications, ContentType = WindowsRuntime]`,
    `$xml = [${manager}]::GetTemplateContent('ToastText02')`,
    `$texts = $xml.GetElementsByTagName('text')`,
    `$null = $texts.Item(0).AppendChild($xml.CreateTextNode(${text(title)}))`,
    `$null = $texts.Item(1).AppendChild($xml.CreateTextNode(${text(body)}))`,
    `$toast = [Windows.UI.Notifications.ToastNotification]::new($xml)`,
    `[${manager}]::CreateToastNotifier('${POWERSHELL_ID}').Show($toast)`,
    '',
  ].join('\n');
}

/** Notifications of a Linux desktop take a little HTML. */
function escapeMarkup(text: string): string {
  return text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? character);
}
