import { spawnSync } from 'node:child_process';

/** Whether a program of the system is here. Where it is not, a line says what is left out for that. */
export function hasProgram(name: string): boolean {
  const isHere = spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;
  if (!isHere) console.log(`There is no ${name} here: its tests are skipped.`);
  return isHere;
}
