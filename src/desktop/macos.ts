import { join } from 'node:path';
import type { Integration } from './integration.ts';
import { MARKER, OwnedFiles } from './owned-files.ts';
import { shellCommand, xmlText } from './quoting.ts';
import { shareCommand, TITLES, type Surroundings } from './surroundings.ts';

type Plist = string | number | boolean | readonly Plist[] | { readonly [key: string]: Plist };

const FILES = 'com.apple.Automator.fileSystemObject';
const NOTHING = 'com.apple.Automator.nothing';

/** A Quick Action of the Finder: a workflow of Automator that runs one line of shell with the chosen files. */
export function macIntegration(surroundings: Surroundings): Integration {
  const title = TITLES[surroundings.language];
  const bundles = Object.values(TITLES).map((each) =>
    join(surroundings.home, 'Library', 'Services', `${each}.workflow`),
  );
  const inBundle = (bundle: string) => ['Info.plist', 'document.wflow'].map((name) => join(bundle, 'Contents', name));
  const own = join(surroundings.home, 'Library', 'Services', `${title}.workflow`);
  const [info = '', workflow = ''] = inBundle(own);
  return new OwnedFiles(
    [
      { path: info, text: plist(serviceInfo(title)) },
      { path: workflow, text: plist(workflowOf(shellScript(surroundings))) },
    ],
    bundles.filter((bundle) => bundle !== own).flatMap(inBundle),
    bundles.flatMap((bundle) => [join(bundle, 'Contents'), bundle]),
  );
}

function shellScript(surroundings: Surroundings): string {
  return `# ${MARKER}: "rustfs-sync integrate remove" takes it away.\nexec ${shellCommand(shareCommand(surroundings))} "$@"\n`;
}

function serviceInfo(title: string): Plist {
  return {
    NSServices: [
      {
        NSMenuItem: { default: title },
        NSMessage: 'runWorkflowAsService',
        NSRequiredContext: { NSApplicationIdentifier: 'com.apple.finder' },
        NSSendFileTypes: ['public.item'],
      },
    ],
  };
}

function workflowOf(script: string): Plist {
  return {
    AMApplicationBuild: '523',
    AMApplicationVersion: '2.10',
    AMDocumentVersion: '2',
    actions: [
      {
        action: {
          AMAccepts: { Container: 'List', Optional: true, Types: ['com.apple.cocoa.string'] },
          AMActionVersion: '2.0.3',
          AMApplication: ['Automator'],
          AMParameterProperties: {
            COMMAND_STRING: {},
            CheckedForUserDefaultShell: {},
            inputMethod: {},
            shell: {},
            source: {},
          },
          AMProvides: { Container: 'List', Types: ['com.apple.cocoa.string'] },
          ActionBundlePath: '/System/Library/Automator/Run Shell Script.action',
          ActionName: 'Run Shell Script',
          ActionParameters: {
            COMMAND_STRING: script,
            CheckedForUserDefaultShell: true,
            // As arguments rather than on the standard input.
            inputMethod: 1,
            shell: '/bin/sh',
            source: '',
          },
          BundleIdentifier: 'com.apple.RunShellScript',
          CFBundleVersion: '2.0.3',
          CanShowSelectedItemsWhenRun: false,
          CanShowWhenRun: true,
          Category: ['AMCategoryUtilities'],
          'Class Name': 'RunShellScriptAction',
          InputUUID: '7C7B5AB5-3C86-4F5B-9B3C-0E2B5B9C1A01',
          OutputUUID: '7C7B5AB5-3C86-4F5B-9B3C-0E2B5B9C1A02',
          UUID: '7C7B5AB5-3C86-4F5B-9B3C-0E2B5B9C1A03',
          UnlocalizedApplications: ['Automator'],
          arguments: {},
        },
        isViewVisible: 1,
      },
    ],
    connectors: {},
    workflowMetaData: {
      inputTypeIdentifier: FILES,
      outputTypeIdentifier: NOTHING,
      processesInput: 0,
      serviceApplicationBundleID: 'com.apple.finder',
      serviceInputTypeIdentifier: FILES,
      serviceOutputTypeIdentifier: NOTHING,
      serviceProcessesInput: 0,
      useAutomaticInputType: 0,
      workflowTypeIdentifier: 'com.apple.Automator.servicesMenu',
    },
  };
}

function plist(value: Plist): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${MARKER} -->
<plist version="1.0">
${element(value)}
</plist>
`;
}

function element(value: Plist): string {
  if (typeof value === 'string') return `<string>${xmlText(value)}</string>`;
  if (typeof value === 'number') return `<integer>${value}</integer>`;
  if (typeof value === 'boolean') return value ? '<true/>' : '<false/>';
  if (isList(value)) return `<array>\n${value.map(element).join('\n')}\n</array>`;
  const entries = Object.entries(value).map(([key, each]) => `<key>${xmlText(key)}</key>\n${element(each)}`);
  return `<dict>\n${entries.join('\n')}\n</dict>`;
}

function isList(value: readonly Plist[] | { readonly [key: string]: Plist }): value is readonly Plist[] {
  return Array.isArray(value);
}
