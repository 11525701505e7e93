import type { IntegrationState, Surroundings } from '../desktop/index.ts';
import type { Context } from './context.ts';

/** What the integrations into the desktop need to know. */
export async function surroundings({ io }: Context): Promise<Surroundings> {
  const { env, platform, home, program } = io;
  // Loaded when it is asked for: most commands do without.
  const { defaultHome } = await import('../engine/home.ts');
  const { systemLanguage } = await import('../desktop/index.ts');
  return { env, platform, home, program, state: defaultHome(env, platform), language: systemLanguage() };
}

/** How an integration stands, in words. */
export const WORDS: Readonly<Record<IntegrationState, string>> = {
  installed: 'installed',
  stale: 'out of date',
  absent: 'not installed',
};
